/**
 * Label skew of the paper (paper §3.2.1): every client has images of k classes and of no other. There are `clients`·k
 * shards, dealt over the classes as evenly as possible; a class is cut into equal shards, each for another client. With
 * fewer shards than classes some classes go to nobody.
 */
import { deriveSeed } from '../../config/seeds.ts';
import { byClass, evenParts, union } from '../image-set.ts';
import { permutation, shuffled } from '../permutation.ts';
import { cutEvenly } from './cut.ts';
import type { Partitioner } from './partitioner.ts';

export interface ClassesSettings {
  readonly kind: 'classes';
  /** k, at most the number of classes. */
  readonly classesPerClient: number;
}

export const classes: Partitioner<ClassesSettings> = {
  divide({ labels, pool, clients, seed }, { classesPerClient }) {
    const all = byClass(labels, pool);
    const owners = shardOwners(clients, classesPerClient, all.length, seed);
    const parts: Int32Array[][] = Array.from({ length: clients }, () => []);
    all.forEach((members, label) => {
      const shards = cutEvenly(shuffled(members, deriveSeed(seed, 'class', label)), owners[label]!.length);
      shards.forEach((shard, turn) => parts[owners[label]![turn]!]!.push(shard));
    });
    return parts.map(union);
  },
  // Any class may be one of those that are cut into one shard more.
  mostClients: (classSizes, { classesPerClient }) =>
    Math.floor((classSizes.length * Math.min(...classSizes)) / classesPerClient),
};

/**
 * The clients that get a shard of each class: a list for each. A class's shards go to the clients that have the most
 * shards still to come (ties at random), which leaves every client with exactly k different classes whatever
 * the order.
 */
function shardOwners(clients: number, perClient: number, count: number, seed: number): number[][] {
  if (perClient > count) throw new RangeError(`a client cannot hold ${perClient} of ${count} classes`);
  const shards = evenParts(clients * perClient, count);
  const turns = permutation(count, deriveSeed(seed, 'turns'));
  const missing = new Int32Array(clients).fill(perClient);
  return Array.from({ length: count }, (_, label) => {
    const owners = [...permutation(clients, deriveSeed(seed, 'owners', label))]
      .toSorted((a, b) => missing[b]! - missing[a]!)
      .slice(0, shards[turns[label]!]!);
    for (const owner of owners) missing[owner]!--;
    return owners;
  });
}
