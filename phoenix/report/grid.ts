/** Samples as a picture, and raw pixels as PNG files. */
import sharp from 'sharp';

/** Pixels between two images of a grid, and around all of them. */
const gap = 2;
/** Images are enlarged by whole numbers, each pixel a square, until a side has about this length. */
const shownSide = 64;

export const shownScale = (size: number): number => Math.max(1, Math.round(shownSide / size));

/** Width in pixels of a grid of so many columns, or height of so many rows, of images of `size` × `size` pixels. */
export const gridPixels = (count: number, size: number): number =>
  count * (size * shownScale(size) + gap) + gap;

/** The images do not fill the grid, or are not of the size that they are said to be. */
export class GridMismatch extends Error {
  override readonly name = 'GridMismatch';
  readonly expected: number;
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(`a grid of these columns, rows and size takes ${expected} bytes of images, not ${actual}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Lays images out row by row on white. Equal images give equal bytes.
 * @param images uint8 [columns · rows, size, size, 3]
 * @returns a PNG file
 * @throws GridMismatch
 */
export async function sampleGrid(
  images: Uint8Array,
  columns: number,
  rows: number,
  size: number,
): Promise<Uint8Array> {
  const expected = columns * rows * size * size * 3;
  if (images.length !== expected) throw new GridMismatch(expected, images.length);
  const scale = shownScale(size);
  const cell = size * scale;
  const [width, height] = [gridPixels(columns, size), gridPixels(rows, size)];
  const canvas = new Uint8Array(width * height * 3).fill(255);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const image = images.subarray((row * columns + column) * size * size * 3);
      const [left, top] = [gridPixels(column, size), gridPixels(row, size)];
      for (let y = 0; y < cell; y++) {
        for (let x = 0; x < cell; x++) {
          const from = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 3;
          canvas.set(image.subarray(from, from + 3), ((top + y) * width + left + x) * 3);
        }
      }
    }
  }
  return png(canvas, width, height);
}

/**
 * @param pixels uint8 [height, width, 3]
 * @returns a PNG file
 */
export async function png(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}
