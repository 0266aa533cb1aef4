/**
 * How the training images are divided: first into client part C and server part S (paper §3.2.1), then C
 * among the clients. Pure functions of (labels, settings, seed); images are named by their index in the
 * training set.
 */
import { deriveSeed } from '../config/seeds.ts';
import { byClass, CLASSES, drawEvenly, evenParts } from './image-set.ts';
import { permutation, shuffled } from './permutation.ts';

export type PartitionSettings =
  | { readonly kind: 'iid' }
  /** Every client holds this many different classes, 1..10. */
  | { readonly kind: 'classes'; readonly classesPerClient: number };

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

/**
 * Divides `pool` (indices into `labels`) into disjoint parts, one per client, ascending. With `classes` there
 * are `clients`·k shards, dealt over the ten classes as evenly as possible; a class is cut into equal shards,
 * each for another client. With fewer than ten shards some classes go to nobody.
 */
export function partition(
  labels: Uint8Array,
  pool: Int32Array,
  clients: number,
  settings: PartitionSettings,
  seed: number,
): Int32Array[] {
  if (settings.kind === 'iid') {
    const order = shuffled(pool, deriveSeed(seed, 'order'));
    return cut(order, clients).map((part) => part.sort());
  }
  const owners = shardOwners(clients, settings.classesPerClient, seed);
  const parts: number[][] = Array.from({ length: clients }, () => []);
  byClass(labels, pool).forEach((members, label) => {
    const shards = cut(shuffled(members, deriveSeed(seed, 'class', label)), owners[label]!.length);
    shards.forEach((shard, turn) => parts[owners[label]![turn]!]!.push(...shard));
  });
  return parts.map((part) => Int32Array.from(part).sort());
}

/**
 * Sizes of the shards that `partition` makes of `images` images, a tenth of them of each class, from the
 * largest down; they depend on no seed. A partition that the data cannot fill has a shard of size 0.
 */
export function shardSizes(images: number, clients: number, settings: PartitionSettings): number[] {
  if (settings.kind === 'iid') return evenParts(images, clients);
  return evenParts(clients * settings.classesPerClient, CLASSES)
    .flatMap((shards) => evenParts(Math.floor(images / CLASSES), shards))
    .toSorted((a, b) => b - a);
}

/** Classes present among the images at `indices`, ascending. */
export function classesOf(labels: Uint8Array, indices: Int32Array): number[] {
  return [...new Set(Array.from(indices, (index) => labels[index]!))].toSorted((a, b) => a - b);
}

/**
 * The clients that get a shard of each class: 10 lists. A class's shards go to the clients that have the most
 * shards still to come (ties at random), which leaves every client with exactly k different classes whatever
 * the order.
 */
function shardOwners(clients: number, classesPerClient: number, seed: number): number[][] {
  if (classesPerClient > CLASSES)
    throw new RangeError(`a client cannot hold ${classesPerClient} of ten classes`);
  const shards = evenParts(clients * classesPerClient, CLASSES);
  const turns = permutation(CLASSES, deriveSeed(seed, 'turns'));
  const missing = new Int32Array(clients).fill(classesPerClient);
  return Array.from({ length: CLASSES }, (_, label) => {
    const owners = [...permutation(clients, deriveSeed(seed, 'owners', label))]
      .toSorted((a, b) => missing[b]! - missing[a]!)
      .slice(0, shards[turns[label]!]!);
    for (const owner of owners) missing[owner]!--;
    return owners;
  });
}

/** `indices` in `parts` consecutive pieces whose sizes differ by at most one. */
function cut(indices: Int32Array, parts: number): Int32Array[] {
  let start = 0;
  return evenParts(indices.length, parts).map((size) => indices.slice(start, (start += size)));
}
