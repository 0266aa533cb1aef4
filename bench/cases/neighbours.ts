/** Precision and recall of 10,000 features against 10,000, with density and coverage, which come with them. */
import { manifoldOverlap } from '../../phoenix/metrics/manifolds.ts';
import { precisionRecall } from '../../phoenix/metrics/precision-recall.ts';
import { peakMemory } from '../resident-memory.ts';
import { DIMENSIONS, latentFeatures } from './latent-features.ts';
import { timedAsync, type Measured } from './measured.ts';

const NEIGHBOURS = 3;

export function prepare(): Measured {
  const [real, fake] = [latentFeatures(1), latentFeatures(2)];
  return {
    run: async () => {
      let [precision, recall] = [NaN, NaN];
      const seconds = await timedAsync(async () => {
        const found = precisionRecall(await manifoldOverlap(real, fake, DIMENSIONS, NEIGHBOURS));
        [precision, recall] = [found.precision.value, found.recall.value];
      });
      return [seconds, peakMemory('self'), precision, recall];
    },
  };
}
