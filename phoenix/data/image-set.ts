/** Labelled square RGB images, and the choice of some of them evenly over their classes. */
import { deriveSeed } from '../config/seeds.ts';
import { permutation, shuffled } from './permutation.ts';

/** Number of classes in CIFAR-10; labels are 0 … 9. */
export const CLASSES = 10;

export interface ImageSet {
  /** [count, size, size, 3], 0..255. */
  readonly images: Uint8Array;
  /** [count] */
  readonly labels: Uint8Array;
  readonly count: number;
  /** Height and width in pixels. */
  readonly size: number;
}

/** The images at `indices`, in that order: [indices.length, size, size, 3]. */
export function imagesAt(set: ImageSet, indices: Int32Array): Uint8Array {
  const bytes = set.size * set.size * 3;
  const images = new Uint8Array(indices.length * bytes);
  indices.forEach((index, row) =>
    images.set(set.images.subarray(index * bytes, (index + 1) * bytes), row * bytes),
  );
  return images;
}

/** `total` cut into `parts` whole numbers that differ by at most one, the larger ones first. */
export function evenParts(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, part) => Math.floor(total / parts) + (part < total % parts ? 1 : 0),
  );
}

/** The members of `pool` (indices into `labels`) by class: 10 arrays in the order of `pool`. */
export function byClass(labels: Uint8Array, pool: Int32Array): Int32Array[] {
  return Array.from({ length: CLASSES }, (_, label) => pool.filter((index) => labels[index] === label));
}

/**
 * Draws `total` members of `pool` at random and evenly over the ten classes; where ten does not divide
 * `total`, random classes give one more. Both results are ascending.
 *
 * @throws RangeError when a class has too few members.
 */
export function drawEvenly(
  labels: Uint8Array,
  pool: Int32Array,
  total: number,
  seed: number,
): { drawn: Int32Array; rest: Int32Array } {
  const shares = evenParts(total, CLASSES);
  const turns = permutation(CLASSES, deriveSeed(seed, 'turns'));
  const drawn: number[] = [];
  const rest: number[] = [];
  byClass(labels, pool).forEach((members, label) => {
    const share = shares[turns[label]!]!;
    if (members.length < share) {
      throw new RangeError(`class ${label} has ${members.length} images, ${share} are wanted`);
    }
    const order = shuffled(members, deriveSeed(seed, 'class', label));
    drawn.push(...order.subarray(0, share));
    rest.push(...order.subarray(share));
  });
  return { drawn: Int32Array.from(drawn).sort(), rest: Int32Array.from(rest).sort() };
}
