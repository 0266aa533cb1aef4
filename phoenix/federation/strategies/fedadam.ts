import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

/** Of FedAdam and FedYogi. */
export interface Moments {
  /** η. */
  readonly serverLearningRate: number;
  /** Decay of the first and the second moment. */
  readonly beta1: number;
  readonly beta2: number;
  /** τ: added to the root of the second moment; the larger, the less adaptive. */
  readonly tau: number;
}

export interface FedAdamSettings extends Moments {
  readonly kind: 'fedadam';
}

/**
 * Adam on the server, which takes `d = average − x` for a gradient: `m = β₁·m + (1 − β₁)·d`, `v = β₂·v + (1 − β₂)·d²`,
 * `x = x + η'·m/(√v + τ)`.
 *
 * Choose it where parameters move by very different amounts, as in networks with attention; tune η first.
 *
 * Reddi et al., "Adaptive Federated Optimization", ICLR 2021. As in Flower, moments start at 0 and
 * `η' = η·√(1 − β₂^(r+1))/(1 − β₁^(r+1))` in round r, where the paper has no correction and starts v at τ².
 */
export const fedadam: StrategyFor<FedAdamSettings> = ({ serverLearningRate, beta1, beta2, tau }) => ({
  ...averaging,
  needs: ['global', 'round'],
  server: {
    slots: ['m', 'v'],
    step(global, model, [m, v], round) {
      const t = round! + 1;
      const rate = (serverLearningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      for (let i = 0; i < model.length; i++) {
        const d = model[i]! - global[i]!;
        m![i] = beta1 * m![i]! + (1 - beta1) * d;
        v![i] = beta2 * v![i]! + (1 - beta2) * d * d;
        model[i] = global[i]! + (rate * m![i]!) / (Math.sqrt(v![i]!) + tau);
      }
    },
  },
});
