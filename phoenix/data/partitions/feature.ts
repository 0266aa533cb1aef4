/**
 * Feature skew: classes and sizes as of IID clients, but each client sees through another amount of noise. The images of
 * client i of N, from 1, get Gaussian noise of level σ·i/N (Li et al. 2022, "Federated Learning on Non-IID Data
 * Silos"), here as its standard deviation, which is what their program does with it.
 */
import { iid } from './iid.ts';
import type { Partitioner } from './partitioner.ts';

export interface FeatureSettings {
  readonly kind: 'feature';
  /** σ: of the last client, as a fraction of white. */
  readonly noise: number;
}

export const feature: Partitioner<FeatureSettings> = {
  divide: (division) => iid.divide(division, { kind: 'iid' }),
  mostClients: (classSizes) => iid.mostClients(classSizes, { kind: 'iid' }),
  noise: (client, clients, { noise }) => (noise * (client + 1)) / clients,
};
