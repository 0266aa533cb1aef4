/** Data sets as settings name them: all that is known before an image is read, which is enough to divide them. */
import type { Ref } from '../federation/records.ts';

export interface DataSetShape {
  /** Names, by label. */
  readonly classes: readonly string[];
  /** Number of training and of test images of each class. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** A folder of images, as whoever starts a run has found it. */
export interface ImageFolder extends DataSetShape {
  /** The images at the experiment's size (`folder.ts`); null until they are read. */
  readonly images: Ref | null;
}

export type DataSetName = 'cifar10' | ImageFolder;

const cifar10: DataSetShape = {
  classes: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
  train: Array.from({ length: 10 }, () => 5000),
  test: Array.from({ length: 10 }, () => 1000),
};

export const shapeOf = (source: DataSetName): DataSetShape => (source === 'cifar10' ? cifar10 : source);

export const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

/** The labels of so many images of each class, one class after the other: uint8 [n]. */
export const labelsOf = (counts: readonly number[]): Uint8Array =>
  Uint8Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)));
