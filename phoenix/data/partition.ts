/**
 * How the clients' part of the training images is divided among them: the kinds of partition, and what is asked of them. All
 * are pure functions of (labels, settings, seed); images are named by their index in the training set.
 */
import { centralized, type CentralizedSettings } from './partitions/centralized.ts';
import { classes, type ClassesSettings } from './partitions/classes.ts';
import { dirichlet, type DirichletSettings } from './partitions/dirichlet.ts';
import { feature, type FeatureSettings } from './partitions/feature.ts';
import { iid, type IidSettings } from './partitions/iid.ts';
import type { Partitioner } from './partitions/partitioner.ts';
import { quantity, type QuantitySettings } from './partitions/quantity.ts';

export type PartitionSettings =
  | CentralizedSettings
  | ClassesSettings
  | DirichletSettings
  | FeatureSettings
  | IidSettings
  | QuantitySettings;

const partitioners: {
  readonly [Kind in PartitionSettings['kind']]: Partitioner<Extract<PartitionSettings, { kind: Kind }>>;
} = { centralized, classes, dirichlet, feature, iid, quantity };

/** A kind's partitioner takes that kind's settings, which the compiler cannot follow through the table. */
const partitionerOf = ({ kind }: PartitionSettings) => partitioners[kind] as Partitioner<PartitionSettings>;

/** Divides `pool` (indices into `labels`) into disjoint parts, one per client, ascending. */
export function partition(
  labels: Uint8Array,
  pool: Int32Array,
  clients: number,
  settings: PartitionSettings,
  seed: number,
): Int32Array[] {
  const parts = partitionerOf(settings).divide({ labels, pool, clients, seed }, settings);
  return parts.map((part) => part.sort());
}

/** Among how many clients at most images of these numbers per class can be divided so that nobody is left empty. */
export const mostClients = (classSizes: readonly number[], settings: PartitionSettings): number =>
  partitionerOf(settings).mostClients(classSizes, settings);

/** Standard deviation of the Gaussian noise on the images of each client, as a fraction of white; mostly 0. */
export const noiseLevels = (clients: number, settings: PartitionSettings): number[] =>
  Array.from(
    { length: clients },
    (_, client) => partitionerOf(settings).noise?.(client, clients, settings) ?? 0,
  );

/** Number of images of each class among those at `indices`. */
export function classSizes(labels: Uint8Array, indices: Int32Array, classCount: number): number[] {
  const sizes = Array.from({ length: classCount }, () => 0);
  for (const index of indices) sizes[labels[index]!]!++;
  return sizes;
}

/** Classes present among the images at `indices`, ascending. */
export function classesOf(labels: Uint8Array, indices: Int32Array): number[] {
  return [...new Set(Array.from(indices, (index) => labels[index]!))].toSorted((a, b) => a - b);
}
