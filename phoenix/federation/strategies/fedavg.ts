import type { Strategy, StrategyFor, Update, Weights } from './strategy.ts';
import { weightedMean } from './weighted-mean.ts';

export interface FedAvgSettings {
  readonly kind: 'fedavg';
}

/**
 * Federated averaging: the mean of the clients' models, weighted by their numbers of images.
 *
 * Choose it first: it has nothing to tune, and is what the paper uses.
 *
 * McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017 (paper §2.2).
 */
export const fedavg: StrategyFor<FedAvgSettings> = () => averaging;

/** What the other averaging strategies have in common with it. */
export const averaging: Strategy = {
  needs: [],
  measure: null,
  weigh: byWeight,
  combine: weightedMean,
  server: null,
  whole: false,
};

/** @throws RangeError when a weight is not a positive number. */
function byWeight(updates: readonly Update[]): Weights {
  for (const { weight } of updates) {
    if (!(weight > 0 && weight < Infinity)) {
      throw new RangeError(`a client's weight is its number of examples, not ${weight}`);
    }
  }
  return { global: 0, clients: updates.map(({ weight }) => weight) };
}
