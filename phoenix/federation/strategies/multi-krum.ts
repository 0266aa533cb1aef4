import { averaging } from './fedavg.ts';
import { pairAt, pairDistances } from './measures.ts';
import type { StrategyFor } from './strategy.ts';

export interface MultiKrumSettings {
  readonly kind: 'multiKrum';
  /** f: number of clients that may send anything at all. */
  readonly malicious: number;
  /** m: number of models that are averaged; all, where there are fewer. */
  readonly select: number;
}

/**
 * The average, weighted by numbers of images, of the m models with the lowest scores. A model's score is the sum of its
 * squared distances to the clients − f − 2 models that are nearest to it. Ties go to the lowest client.
 *
 * Choose it as a compromise between `krum` and `fedavg`: m honest clients are averaged.
 *
 * Blanchard et al., "Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent", NeurIPS 2017.
 */
export const multiKrum: StrategyFor<MultiKrumSettings> = ({ malicious, select }) => ({
  ...averaging,
  whole: true,
  measure: pairDistances,
  weigh(updates, distances) {
    const selected = new Set(byScore(updates.length, distances, malicious).slice(0, select));
    return { global: 0, clients: updates.map(({ weight }, k) => (selected.has(k) ? weight : 0)) };
  },
});

/** All models, the one with the lowest score first. */
function byScore(clients: number, distances: Float64Array, malicious: number): number[] {
  // After removals there may be fewer clients than the rule is meant for: one neighbour is the least to go by.
  const neighbours = Math.max(1, clients - malicious - 2);
  const models = Array.from({ length: clients }, (_, k) => k);
  const scores = models.map((k) => {
    const others = models.filter((j) => j !== k).map((j) => distances[pairAt(j, k)]!);
    return others
      .toSorted((a, b) => a - b)
      .slice(0, neighbours)
      .reduce((sum, distance) => sum + distance, 0);
  });
  return models.toSorted((a, b) => scores[a]! - scores[b]! || a - b);
}
