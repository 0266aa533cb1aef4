import { afterAll, expect, test } from 'vitest';
import { compile } from '../../../phoenix/engine/compile.ts';
import { randomCrop } from '../../../phoenix/engine/images.ts';
import { Random } from '../../../phoenix/engine/random.ts';

const [BATCH, SIZE, PADDING] = [200, 5, 2];
const PIXELS = SIZE * SIZE * 3;

const program = compile({
  variables: new Map(),
  functions: {
    crop: {
      inputs: {
        images: { shape: [BATCH, SIZE, SIZE, 3], dtype: 'float32' },
        seed: { shape: [2], dtype: 'int32' },
      },
      body: ({ images, seed }, trace) => ({
        cropped: randomCrop(trace, images!, new Random(trace, seed!), PADDING),
      }),
    },
  },
});
afterAll(() => program.dispose());

/** No two values are equal, and none is black. */
const images = Float32Array.from({ length: BATCH * PIXELS }, (_, k) => 0.9 - k / (BATCH * PIXELS));
const crop = (...seed: [number, number]) =>
  program.run('crop', { images, seed: Int32Array.from(seed) }).cropped as Float32Array;

/** The image, moved so that pixel (x, y) shows what was at (x + right, y + down). */
function shifted(image: Float32Array, right: number, down: number): Float32Array {
  return image.map((_, k) => {
    const [channel, x, y] = [k % 3, Math.floor(k / 3) % SIZE, Math.floor(k / 3 / SIZE)];
    const [fromX, fromY] = [x + right, y + down];
    const inside = fromX >= 0 && fromX < SIZE && fromY >= 0 && fromY < SIZE;
    return inside ? image[(fromY * SIZE + fromX) * 3 + channel]! : -1;
  });
}

test('each result is a window of its image in black, and all windows occur', () => {
  const cropped = crop(3, 1);
  const offsets = Array.from({ length: 2 * PADDING + 1 }, (_, k) => k - PADDING);
  const windows = offsets.flatMap((right) => offsets.map((down) => [right, down] as const));
  const taken = Array.from({ length: BATCH }, (_, k) => {
    const [image, result] = [images, cropped].map((all) => all.slice(k * PIXELS, (k + 1) * PIXELS));
    return windows.findIndex(([right, down]) =>
      shifted(image!, right, down).every((value, i) => value === result![i]),
    );
  });
  expect(new Set(taken)).toEqual(new Set(windows.keys()));
});

test('windows depend on the seed alone', () => {
  expect(crop(3, 1)).toEqual(crop(3, 1));
  expect(crop(3, 2)).not.toEqual(crop(3, 1));
});
