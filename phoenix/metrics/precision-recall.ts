/** Improved precision and recall (Kynkäänniemi et al. 2019; paper §3.4): k-nearest-neighbour manifolds. */
import { shareOf, type Share } from './intervals.ts';
import type { Overlap } from './manifolds.ts';

export interface PrecisionRecall {
  /** Share of the fakes that lie on the manifold of the reals: fidelity. */
  readonly precision: Share;
  /** Share of the reals that lie on the manifold of the fakes: diversity. */
  readonly recall: Share;
  /** Their harmonic mean, as torch-fidelity has it: 0 where both are 0. */
  readonly fScore: number;
}

/**
 * A set's manifold is the union of its points' balls; the border belongs to the ball (`<=`). The intervals take the
 * other set's manifold as it is, and say how much the share would vary with other points to look at.
 */
export function precisionRecall({ fakesOnReals, realsOnFakes }: Overlap): PrecisionRecall {
  const precision = shareOf(fakesOnReals);
  const recall = shareOf(realsOnFakes);
  const [p, r] = [precision.value, recall.value];
  return { precision, recall, fScore: (2 * p * r) / Math.max(1e-5, p + r) };
}
