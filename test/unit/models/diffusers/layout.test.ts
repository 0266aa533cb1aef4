import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPyTorch, pyTorchShape, toPyTorch } from '../../../../phoenix/models/diffusers/layout.ts';

const side = fc.integer({ min: 1, max: 5 });
const shape = fc.oneof(fc.tuple(side), fc.tuple(side, side), fc.tuple(side, side, side, side));

const counted = (sides: readonly number[]) => ({
  shape: sides,
  data: Float32Array.from({ length: sides.reduce((size, n) => size * n, 1) }, (_, k) => k),
});

test('there and back again is the same', () => {
  fc.assert(
    fc.property(shape, (sides) => {
      const tensor = counted(sides);
      expect(fromPyTorch(toPyTorch(tensor))).toEqual(tensor);
      expect(toPyTorch(fromPyTorch(tensor))).toEqual(tensor);
      expect(toPyTorch(tensor).shape).toEqual(pyTorchShape(sides));
    }),
  );
});

test('a convolution [height, width, in, out] becomes [out, in, height, width]', () => {
  fc.assert(
    fc.property(side, side, side, side, (height, width, inputs, outputs) => {
      const ours = counted([height, width, inputs, outputs]);
      const theirs = toPyTorch(ours);
      expect(theirs.shape).toEqual([outputs, inputs, height, width]);
      let at = 0;
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++)
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              expect(theirs.data[at++]).toBe(ours.data[((y * width + x) * inputs + i) * outputs + o]);
    }),
  );
});

test('a dense layer is transposed, a vector is left alone', () => {
  expect(toPyTorch({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) })).toEqual({
    shape: [3, 2],
    data: Float32Array.of(1, 4, 2, 5, 3, 6),
  });
  const vector = counted([4]);
  expect(toPyTorch(vector)).toBe(vector);
});
