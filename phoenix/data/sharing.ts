/**
 * Data sharing (paper §3.2.1, §4.2.1): the training images are split in a client part C and a server part S, images G ⊂ S
 * are shared globally, and a fraction α of G goes to every client. Pure functions of (labels, settings, seed).
 */
import { drawEvenly } from './image-set.ts';

/**
 * Takes the server part S out of the training set, evenly over the classes; what is left is the client part
 * C. Without data sharing `serverImages` is 0.
 *
 * @throws RangeError when there are not that many images.
 */
export function splitServerPart(
  labels: Uint8Array,
  serverImages: number,
  seed: number,
): { clients: Int32Array; server: Int32Array } {
  const { drawn, rest } = drawEvenly(labels, Int32Array.from(labels.keys()), serverImages, seed);
  return { clients: rest, server: drawn };
}

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
 * The images of G merged into one client's data: a fraction α (`alpha` percent) drawn evenly over the classes.
 * α = 100 is all of G, α = 0 none. Clients with one seed get the same images.
 */
export function clientShare(labels: Uint8Array, shared: Int32Array, alpha: number, seed: number): Int32Array {
  return drawEvenly(labels, shared, Math.round((shared.length * alpha) / 100), seed).drawn;
}
