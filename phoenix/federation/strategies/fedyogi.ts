import type { Moments } from './fedadam.ts';
import { averaging } from './fedavg.ts';
import type { StrategyFor } from './strategy.ts';

export interface FedYogiSettings extends Moments {
  readonly kind: 'fedyogi';
}

/**
 * As FedAdam, but the second moment changes by no more than the newest square: `v = v − (1 − β₂)·d²·sign(v − d²)`.
 *
 * Choose it instead of FedAdam where rounds with small updates are rare and its steps become too large after them.
 *
 * Reddi et al., "Adaptive Federated Optimization", ICLR 2021. As in Flower, moments start at 0, without a correction.
 */
export const fedyogi: StrategyFor<FedYogiSettings> = ({ serverLearningRate, beta1, beta2, tau }) => ({
  ...averaging,
  needs: ['global'],
  server: {
    slots: ['m', 'v'],
    step(global, model, [m, v]) {
      for (let i = 0; i < model.length; i++) {
        const d = model[i]! - global[i]!;
        m![i] = beta1 * m![i]! + (1 - beta1) * d;
        v![i] = v![i]! - (1 - beta2) * d * d * Math.sign(v![i]! - d * d);
        model[i] = global[i]! + (serverLearningRate * m![i]!) / (Math.sqrt(v![i]!) + tau);
      }
    },
  },
});
