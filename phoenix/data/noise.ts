/** Gaussian noise on images: what tells clients apart under feature skew. */
import { standardNormal } from './random.ts';

/**
 * `images`, of any shape, with independent noise on every channel of every pixel, rounded and clipped to 0..255.
 * @param deviation standard deviation as a fraction of white (255)
 */
export function withNoise(images: Uint8Array, deviation: number, seed: number): Uint8Array {
  const normal = standardNormal(seed);
  const scale = 255 * deviation;
  const noisy = new Uint8ClampedArray(images.length);
  images.forEach((value, at) => {
    noisy[at] = value + scale * normal();
  });
  return new Uint8Array(noisy.buffer);
}
