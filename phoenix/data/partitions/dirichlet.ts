/**
 * Label skew by degrees: each class is divided in shares from a Dirichlet distribution over the clients (Yurochkin et al.
 * 2019, "Bayesian Nonparametric Federated Learning of Neural Networks"; Li et al. 2022, "Federated Learning on Non-IID Data
 * Silos"). Sizes differ along with the classes. Where those papers draw again until nobody has too little, here whoever has
 * most gives some away, which also ends with many clients and a small concentration.
 */
import { deriveSeed } from '../../config/seeds.ts';
import { total } from '../data-set.ts';
import { byClass, union } from '../image-set.ts';
import { shuffled } from '../permutation.ts';
import { dirichlet as draw } from '../random.ts';
import { cut, proportionalSizes, withMinimum } from './cut.ts';
import type { Partitioner } from './partitioner.ts';

export interface DirichletSettings {
  readonly kind: 'dirichlet';
  /** Of the distribution, above 0: the larger, the more alike are the clients. */
  readonly concentration: number;
  /** Of every client. */
  readonly minimumImages: number;
}

export const dirichlet: Partitioner<DirichletSettings> = {
  divide({ labels, pool, clients, seed }, { concentration, minimumImages }) {
    const classes = byClass(labels, pool);
    const drawn = classes.map(({ length }, label) =>
      proportionalSizes(length, draw(clients, concentration, deriveSeed(seed, 'shares', label))),
    );
    const sizes = withMinimum(drawn, minimumImages);
    const pieces = classes.map((members, label) =>
      cut(shuffled(members, deriveSeed(seed, 'class', label)), sizes[label]!),
    );
    return Array.from({ length: clients }, (_, client) => union(pieces.map((ofClass) => ofClass[client]!)));
  },
  mostClients: (classSizes, { minimumImages }) => Math.floor(total(classSizes) / minimumImages),
};
