import { averaging } from './fedavg.ts';
import { meanOfRanks } from './ranks.ts';
import type { StrategyFor } from './strategy.ts';

export interface MedianSettings {
  readonly kind: 'median';
}

/**
 * The median of every coordinate. Numbers of images do not count.
 *
 * Choose it where up to half of the clients may send anything at all and nobody knows how many do. It ignores what
 * only a minority has learnt, so it is a poor choice for clients with different classes.
 *
 * Yin et al., "Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates", ICML 2018.
 */
export const median: StrategyFor<MedianSettings> = () => ({
  ...averaging,
  whole: true,
  combine: (models, _weights, out) =>
    meanOfRanks(models, Math.floor((models.length - 1) / 2), Math.floor(models.length / 2), out),
});
