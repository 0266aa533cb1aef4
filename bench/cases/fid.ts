/** FID of 10,000 features against 10,000, their means and covariances included. */
import { FrechetDistance } from '../../phoenix/metrics/frechet.ts';
import { GaussianFit } from '../../phoenix/metrics/statistics.ts';
import { DIMENSIONS, latentFeatures } from './latent-features.ts';
import { timedAsync, type Measured } from './measured.ts';

export function prepare(): Measured {
  const [real, fake] = [latentFeatures(1), latentFeatures(2)];
  const fit = new GaussianFit(DIMENSIONS);
  const frechet = new FrechetDistance(DIMENSIONS);
  return {
    run: async () => {
      let distance = NaN;
      const seconds = await timedAsync(async () => {
        distance = await frechet.between(await fit.fit(real), await fit.fit(fake));
      });
      return [seconds, distance];
    },
  };
}
