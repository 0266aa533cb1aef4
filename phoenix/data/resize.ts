/** Smaller images by area averaging: each pixel is the mean of the block it covers, so nothing aliases. */
import type { ImageSet } from './image-set.ts';

/**
 * `set` at `size` × `size` pixels: the exact integer mean of each block per channel, halves rounded up.
 *
 * @throws RangeError when `size` does not divide the size of `set`.
 */
export function areaAverage(set: ImageSet, size: number): ImageSet {
  const factor = set.size / size;
  if (!Number.isInteger(factor)) throw new RangeError(`${set.size} pixels cannot be averaged to ${size}`);
  if (factor === 1) return set;
  const images = new Uint8Array(set.count * size * size * 3);
  const rowBytes = set.size * 3;
  const area = factor * factor;
  let target = 0;
  // The rows of all images follow one another, so one loop over rows covers the whole set.
  for (let row = 0; row < set.count * size; row++) {
    for (let column = 0; column < size; column++) {
      const block = row * factor * rowBytes + column * factor * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let y = 0; y < factor; y++) {
        for (let x = 0; x < factor; x++) {
          const pixel = block + y * rowBytes + x * 3;
          red += set.images[pixel]!;
          green += set.images[pixel + 1]!;
          blue += set.images[pixel + 2]!;
        }
      }
      images[target++] = roundedMean(red, area);
      images[target++] = roundedMean(green, area);
      images[target++] = roundedMean(blue, area);
    }
  }
  return { images, labels: set.labels, count: set.count, size };
}

function roundedMean(sum: number, count: number): number {
  return Math.floor((2 * sum + count) / (2 * count));
}
