/**
 * Quantity skew: images are drawn as for IID clients, but how many a client has is a share from a Dirichlet distribution
 * (Li et al. 2022, "Federated Learning on Non-IID Data Silos").
 */
import { deriveSeed } from '../../config/seeds.ts';
import { total } from '../data-set.ts';
import { shuffled } from '../permutation.ts';
import { dirichlet } from '../random.ts';
import { cut, proportionalSizes, withMinimum } from './cut.ts';
import type { Partitioner } from './partitioner.ts';

export interface QuantitySettings {
  readonly kind: 'quantity';
  /** Of the distribution, above 0: the larger, the more even are the sizes. */
  readonly concentration: number;
  /** Of every client. */
  readonly minimumImages: number;
}

export const quantity: Partitioner<QuantitySettings> = {
  divide({ pool, clients, seed }, { concentration, minimumImages }) {
    const shares = dirichlet(clients, concentration, deriveSeed(seed, 'shares'));
    const [sizes] = withMinimum([proportionalSizes(pool.length, shares)], minimumImages);
    return cut(shuffled(pool, deriveSeed(seed, 'order')), sizes!);
  },
  mostClients: (classSizes, { minimumImages }) => Math.floor(total(classSizes) / minimumImages),
};
