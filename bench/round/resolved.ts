/** An experiment as the workflows want it, of CIFAR-10 and from random weights. */
import { findWeights } from '../../phoenix/config/feature-weights.ts';
import { resolveExperiment } from '../../phoenix/config/resolve.ts';
import type { Experiment } from '../../phoenix/config/schema.ts';

/** @throws TypeError when they are no settings */
export function resolved(settings: unknown): Experiment {
  const resolution = resolveExperiment(settings, { init: null, images: null, weights: findWeights });
  if ('problems' in resolution) throw new TypeError(resolution.problems[0].what);
  return resolution.experiment;
}
