/** Learning rates over the steps of one training, as diffusers' `get_scheduler` defines them. */
import type { Experiment } from '../config/schema.ts';

export type LearningRateSettings = Pick<Experiment['training'], 'learningRate' | 'schedule'>;

/**
 * The learning rate of `step`, from 0, of `steps`: it rises linearly from 0 in the first `warmupSteps` steps, then
 * stays, or falls to 0 at the end along a line or half a cosine.
 */
export function learningRateAt(
  step: number,
  steps: number,
  { learningRate, schedule: { kind, warmupSteps } }: LearningRateSettings,
): number {
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  const share = {
    constant: 1,
    linear: 1 - progress,
    cosine: (1 + Math.cos(Math.PI * progress)) / 2,
  }[kind];
  return learningRate * share;
}
