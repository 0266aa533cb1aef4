import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

export interface FedSgdSettings {
  readonly kind: 'fedsgd';
}

/**
 * Federated SGD: every client takes one step of gradient descent on all of its images, and the mean of their models is the
 * step that the federation as a whole would take.
 *
 * Choose it as a yardstick: it is immune to client drift, and needs by far the most rounds. What is different from
 * `fedavg` happens in the clients.
 *
 * McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017.
 */
export const fedsgd: StrategyFor<FedSgdSettings> = () => averaging;
