import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

export interface FedProxSettings {
  readonly kind: 'fedprox';
  /** μ: weight of the pull towards the global model in the clients' loss. */
  readonly mu: number;
}

/**
 * Averaging of clients whose loss has a term `μ/2·|w − w_global|²` that keeps them near the global model.
 *
 * Choose it where clients with few classes, or with very different numbers of steps, drift apart. What is different from
 * `fedavg` happens in the clients.
 *
 * Li et al., "Federated Optimization in Heterogeneous Networks", MLSys 2020.
 */
export const fedprox: StrategyFor<FedProxSettings> = () => averaging;
