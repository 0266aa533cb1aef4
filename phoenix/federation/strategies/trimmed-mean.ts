import { averaging } from './fedavg.ts';
import { meanOfRanks } from './ranks.ts';
import type { StrategyFor } from './strategy.ts';

export interface TrimmedMeanSettings {
  readonly kind: 'trimmedMean';
  /** β, below 0.5: share of the clients that is left out at either end. */
  readonly share: number;
}

/**
 * The mean of every coordinate without the ⌊β·clients⌋ lowest and as many highest values. Numbers of images do not count.
 *
 * Choose it where a known share of the clients may send anything at all; it wastes less of the others than the median.
 *
 * Yin et al., "Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates", ICML 2018.
 */
export const trimmedMean: StrategyFor<TrimmedMeanSettings> = ({ share }) => ({
  ...averaging,
  whole: true,
  combine(models, _weights, out) {
    const cut = Math.floor(share * models.length);
    meanOfRanks(models, cut, models.length - 1 - cut, out);
  },
});
