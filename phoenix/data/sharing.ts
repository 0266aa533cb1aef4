/**
 * Data sharing (paper §3.2.1, §4.2.1): globally shared images G ⊂ S, a fraction α of which goes to every
 * client.
 */
import { drawEvenly } from './image-set.ts';

/** |G| = β·|C|/100, as a count of images. `beta` in percent. */
export function sharedCount(clientImages: number, beta: number): number {
  return Math.round((clientImages * beta) / 100);
}

/**
 * Draws G, `count` images, from the server part, evenly over the classes.
 *
 * @throws RangeError when the server part has too few images of a class.
 */
export function sharedImages(
  labels: Uint8Array,
  server: Int32Array,
  count: number,
  seed: number,
): Int32Array {
  return drawEvenly(labels, server, count, seed).drawn;
}

/**
 * The images of G merged into one client's data: a fraction α (`alpha` percent) drawn evenly over the classes
 * from the client's own `seed`. α = 100 is all of G, α = 0 none.
 */
export function clientShare(labels: Uint8Array, shared: Int32Array, alpha: number, seed: number): Int32Array {
  return drawEvenly(labels, shared, Math.round((shared.length * alpha) / 100), seed).drawn;
}
