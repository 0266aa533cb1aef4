import fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightsFromPyTorch } from '../../../phoenix/models/pytorch-weights.ts';
import type { Shapes } from '../../../phoenix/models/unet-parameters.ts';
import type { StoredTensors } from '../../../phoenix/storage/stored-tensor.ts';

const counted = (shape: readonly number[]) => ({
  type: 'F32' as const,
  shape,
  read: () => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, k) => k),
  }),
});

const stored = (shapes: Record<string, readonly number[]>): StoredTensors =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, counted(shape)]));

const side = fc.integer({ min: 1, max: 4 });

test('convolutions [out, in, height, width] become [height, width, in, out]', () => {
  fc.assert(
    fc.property(side, side, side, side, (height, width, inputs, outputs) => {
      const { shape, data } = weightsFromPyTorch(
        stored({ w: [outputs, inputs, height, width] }),
        new Map([['w', [height, width, inputs, outputs]]]),
      ).get('w')!;
      expect(shape).toEqual([height, width, inputs, outputs]);
      let at = 0;
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++)
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              expect(data[((y * width + x) * inputs + i) * outputs + o]).toBe(at++);
    }),
  );
});

test('depthwise convolutions [channels, 1, height, width] become [height, width, channels, 1]', () => {
  fc.assert(
    fc.property(side, side, side, (height, width, channels) => {
      const { shape, data } = weightsFromPyTorch(
        stored({ w: [channels, 1, height, width] }),
        new Map([['w', [height, width, channels, 1]]]),
      ).get('w')!;
      expect(shape).toEqual([height, width, channels, 1]);
      let at = 0;
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) expect(data[(y * width + x) * channels + c]).toBe(at++);
    }),
  );
});

test('dense layers are transposed, vectors kept, counters left out; the order is that of the network', () => {
  const shapes: Shapes = new Map([
    ['fc', [3, 2]],
    ['bias', [2]],
  ]);
  const weights = weightsFromPyTorch(stored({ 'bn.num_batches_tracked': [], bias: [2], fc: [2, 3] }), shapes);
  expect([...weights]).toEqual([
    ['fc', { shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) }],
    ['bias', { shape: [2], data: Float32Array.of(0, 1) }],
  ]);
});

test.each([
  [{ fc: [2, 3], more: [1] }, 'the network has no more'],
  [{}, 'fc is missing'],
  [{ fc: [3, 2] }, 'fc is [3, 2], and not [2, 3]'],
  [{ fc: [2, 3, 1] }, 'fc is [2, 3, 1], and not [2, 3]'],
])('%j is another network', (found, message) => {
  const read = () => weightsFromPyTorch(stored(found as Record<string, number[]>), new Map([['fc', [3, 2]]]));
  expect(read).toThrow(expect.objectContaining({ name: 'OtherNetwork', message }));
});

test('integers are no weights', () => {
  const integers: StoredTensors = new Map([
    ['w', { type: 'I64', shape: [1], read: () => ({ shape: [1], data: Int32Array.of(1) }) }],
  ]);
  expect(() => weightsFromPyTorch(integers, new Map([['w', [1]]]))).toThrow('w has integers (I64)');
});
