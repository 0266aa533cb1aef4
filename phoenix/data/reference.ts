/** The real images that samples are compared with. */
import { drawEvenly } from './image-set.ts';

/**
 * A fixed, class-balanced subset of the test images: `count` indices into `labels`, ascending. All 10,000
 * when `count` is 10,000; a client's own precision and recall use 1,000 (paper §4.2.2).
 *
 * @throws RangeError when a class has too few images.
 */
export function referenceIndices(labels: Uint8Array, count: number, seed: number): Int32Array {
  return drawEvenly(labels, Int32Array.from(labels.keys()), count, seed).drawn;
}
