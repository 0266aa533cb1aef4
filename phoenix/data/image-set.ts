/** Labelled square RGB images, and the choice of some of them evenly over their classes. */
import { deriveSeed } from '../config/seeds.ts';
import { permutation, shuffled } from './permutation.ts';

export interface ImageSet {
  /** [count, size, size, 3], 0..255. */
  readonly images: Uint8Array;
  /** [count]; every number from 0 to the highest label is a class, and each class has an image. */
  readonly labels: Uint8Array;
  readonly count: number;
  /** Height and width in pixels. */
  readonly size: number;
}

export interface ImageSets {
  readonly train: ImageSet;
  readonly test: ImageSet;
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

/** Number of classes in a whole data set. */
export function classCount(labels: Uint8Array): number {
  return labels.reduce((most, label) => Math.max(most, label + 1), 0);
}

/** The members of `pool` (indices into `labels`) by class: an array for each, in the order of `pool`. */
export function byClass(labels: Uint8Array, pool: Int32Array): Int32Array[] {
  const members = Array.from({ length: classCount(labels) }, (): number[] => []);
  for (const index of pool) members[labels[index]!]!.push(index);
  return members.map((indices) => Int32Array.from(indices));
}

/** All of several lists of images, ascending. */
export function union(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}

/**
 * Draws `total` members of `pool` at random and evenly over the classes; where their number does not divide
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
  const classes = byClass(labels, pool);
  const shares = evenParts(total, classes.length);
  const turns = permutation(classes.length, deriveSeed(seed, 'turns'));
  const drawn: Int32Array[] = [];
  const rest: Int32Array[] = [];
  classes.forEach((members, label) => {
    const share = shares[turns[label]!]!;
    if (members.length < share) {
      throw new RangeError(`class ${label} has ${members.length} images, ${share} are wanted`);
    }
    const order = shuffled(members, deriveSeed(seed, 'class', label));
    drawn.push(order.subarray(0, share));
    rest.push(order.subarray(share));
  });
  return { drawn: union(drawn), rest: union(rest) };
}
