import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { GridMismatch, sampleGrid } from '../../../phoenix/report/grid.ts';

/** Two images of 2 × 2 pixels side by side, each pixel of a colour of its own. */
const images = Uint8Array.from({ length: 2 * 2 * 2 * 3 }, (_, i) => (i * 10) % 250);

describe('sample grid', () => {
  it('shows each pixel as a square, with a white gap around each image', async () => {
    const { data, info } = await sharp(await sampleGrid(images, 2, 1, 2))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([2 * 66 + 2, 66 + 2, 3]);
    const pixel = (x: number, y: number): number[] => [
      ...data.subarray((y * info.width + x) * 3).subarray(0, 3),
    ];
    expect(pixel(0, 0)).toEqual([255, 255, 255]);
    expect(pixel(2, 2)).toEqual([...images.subarray(0, 3)]);
    expect(pixel(33, 33)).toEqual([...images.subarray(0, 3)]);
    expect(pixel(34, 2)).toEqual([...images.subarray(3, 6)]);
    expect(pixel(66, 10)).toEqual([255, 255, 255]);
    expect(pixel(68 + 63, 2 + 63)).toEqual([...images.subarray(21, 24)]);
  });

  it('gives equal bytes for equal images', async () => {
    expect(await sampleGrid(images, 1, 2, 2)).toEqual(await sampleGrid(Uint8Array.from(images), 1, 2, 2));
  });

  it('rejects images that do not fill it', async () => {
    await expect(sampleGrid(images, 2, 2, 2)).rejects.toThrow(GridMismatch);
  });
});
