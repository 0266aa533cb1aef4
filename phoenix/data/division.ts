/** Who has which images: the training set divided among server and clients, as the settings say (paper §3.2.1). */
import type { Experiment } from '../config/schema.ts';
import { deriveSeed } from '../config/seeds.ts';
import { noiseLevels, partition } from './partition.ts';
import { clientShare, sharedCount, sharedImages, splitServerPart } from './sharing.ts';

export interface ClientImages {
  /** Of the client's own part. */
  readonly own: Int32Array;
  /** Of G, merged into it. */
  readonly shared: Int32Array;
  /** Standard deviation of the Gaussian noise on its own images, as a fraction of white; 0: none. */
  readonly noise: number;
}

export interface DividedImages {
  /** By client id. */
  readonly clients: readonly ClientImages[];
  /** G, what the warm-up trains on; empty without data sharing. */
  readonly shared: Int32Array;
}

/** What it means that `data.sharing` is null. */
export const nothingShared = { serverImages: 0, beta: 0, alpha: 0, subset: 'perClient' } as const;

/** A pure function of the labels of all training images, the settings and the experiment's seed. */
export function divideImages(
  labels: Uint8Array,
  { clients, partition: kind, sharing }: Pick<Experiment['data'], 'clients' | 'partition' | 'sharing'>,
  experimentSeed: number,
): DividedImages {
  const seed = (purpose: string, ...counters: number[]) => deriveSeed(experimentSeed, purpose, ...counters);
  const { serverImages, beta, alpha, subset } = sharing ?? nothingShared;
  const parts = splitServerPart(labels, serverImages, seed('server part'));
  const count = sharedCount(parts.clients.length, beta);
  const shared = sharedImages(labels, parts.server, count, seed('shared'));
  const noise = noiseLevels(clients, kind);
  const own = partition(labels, parts.clients, clients, kind, seed('partition'));
  return {
    clients: own.map((indices, client) => ({
      own: indices,
      shared: clientShare(
        labels,
        shared,
        alpha,
        subset === 'sameSubset' ? seed('share') : seed('share', client),
      ),
      noise: noise[client]!,
    })),
    shared,
  };
}
