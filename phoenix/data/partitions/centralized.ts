/** No federation: one participant has all images. What the paper compares with (paper §4). */
import type { Partitioner } from './partitioner.ts';

export interface CentralizedSettings {
  readonly kind: 'centralized';
}

export const centralized: Partitioner<CentralizedSettings> = {
  divide: ({ pool }) => [pool.slice()],
  mostClients: () => 1,
};
