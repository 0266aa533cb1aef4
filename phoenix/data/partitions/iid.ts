/** Equal parts drawn at random: every client's images are like everybody's (paper §3.2). */
import { deriveSeed } from '../../config/seeds.ts';
import { total } from '../data-set.ts';
import { shuffled } from '../permutation.ts';
import { cutEvenly } from './cut.ts';
import type { Partitioner } from './partitioner.ts';

export interface IidSettings {
  readonly kind: 'iid';
}

export const iid: Partitioner<IidSettings> = {
  divide: ({ pool, clients, seed }) => cutEvenly(shuffled(pool, deriveSeed(seed, 'order')), clients),
  mostClients: total,
};
