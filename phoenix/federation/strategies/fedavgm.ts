import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

export interface FedAvgMSettings {
  readonly kind: 'fedavgm';
  readonly serverLearningRate: number;
  readonly momentum: number;
}

/**
 * Averaging with momentum on the server: `m = β·m + (x − average)`, `x = x − η·m`.
 *
 * Choose it where the average swings from round to round, as it does with few classes per client or few clients per round.
 *
 * Hsu et al., "Measuring the Effects of Non-Identical Data Distribution for Federated Visual Classification", 2019.
 */
export const fedavgm: StrategyFor<FedAvgMSettings> = ({ serverLearningRate, momentum }) => ({
  ...averaging,
  needs: ['global'],
  server: {
    slots: ['m'],
    step(global, model, [m]) {
      for (let i = 0; i < model.length; i++) {
        m![i] = momentum * m![i]! + (global[i]! - model[i]!);
        model[i] = global[i]! - serverLearningRate * m![i]!;
      }
    },
  },
});
