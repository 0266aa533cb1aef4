import sharp from 'sharp';
import { expect, test } from 'vitest';
import { closestPairs } from '../../../phoenix/report/closest-pairs.ts';

const [red, blue] = [
  [255, 0, 0],
  [0, 0, 255],
] as const;

/** 32 × 32 pixels of one colour. */
const plain = (colour: readonly number[]) =>
  Uint8Array.from({ length: 32 * 32 * 3 }, (_, k) => colour[k % 3]!);

test('each generated image stands above its training image, and above its distance', async () => {
  const pair = { generated: plain(red), training: plain(blue), distance: 1.5 };
  const picture = await closestPairs([pair, { ...pair, distance: 1 }], 32);
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([2 * 68 + 4, 2 * 68 + 4 + 10 + 4]);
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  for (const left of [4, 72]) {
    expect([at(left, 4), at(left + 63, 67)]).toEqual([red, red]);
    expect([at(left, 72), at(left + 63, 135)]).toEqual([blue, blue]);
    expect(at(left - 1, 70)).toEqual([255, 255, 255]);
  }
  // "1.50" and "1.00": the first two characters are the same, the third one is not.
  const text = (left: number) =>
    Array.from({ length: 10 }, (_, y) =>
      Array.from({ length: 32 }, (_, x) => at(left + x, 140 + y)[0] === 0),
    );
  const part = (rows: boolean[][], from: number, to: number) => rows.map((row) => row.slice(from, to));
  const [first, second] = [text(4), text(72)];
  expect(first.flat().filter(Boolean).length).toBeGreaterThan(40);
  expect(part(first, 0, 16)).toEqual(part(second, 0, 16));
  expect(part(first, 16, 24)).not.toEqual(part(second, 16, 24));
});
