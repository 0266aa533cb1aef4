import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

export interface FedAdagradSettings {
  readonly kind: 'fedadagrad';
  /** η. */
  readonly serverLearningRate: number;
  /** τ: added to the root of the sum of squares; the larger, the less adaptive. */
  readonly tau: number;
}

/**
 * Adagrad on the server, which takes `d = average − x` for a gradient: `v = v + d²`, `x = x + η·d/(√v + τ)`.
 *
 * Choose it where few parameters get an update in a round (sparse features); steps only ever become smaller.
 *
 * Reddi et al., "Adaptive Federated Optimization", ICLR 2021. As in Flower, v starts at 0.
 */
export const fedadagrad: StrategyFor<FedAdagradSettings> = ({ serverLearningRate, tau }) => ({
  ...averaging,
  needs: ['global'],
  server: {
    slots: ['v'],
    step(global, model, [v]) {
      for (let i = 0; i < model.length; i++) {
        const d = model[i]! - global[i]!;
        v![i] = v![i]! + d * d;
        model[i] = global[i]! + (serverLearningRate * d) / (Math.sqrt(v![i]!) + tau);
      }
    },
  },
});
