/** When a set is too small for a Fréchet distance in so many dimensions to mean much. */

/** Heusel et al. 2017 (arXiv:1706.08500, the authors' code): samples to take at least, for 2,048 dimensions. */
const ENOUGH = 10_000;
/** Below this many samples per dimension the smallest eigenvalues of a covariance are far too small. */
const PER_DIMENSION = 5;

/**
 * What to say beside an FID of `samples` in `dimensions`, or null where there are enough. FID is too high by an amount
 * that falls with 1/n and depends on the generator, so that values of unlike n cannot be compared (Chong and Forsyth
 * 2020, arXiv:1911.07023).
 */
export function sampleSizeWarning(samples: number, dimensions: number): string | null {
  const set = `${samples.toLocaleString('en-US')} samples in ${dimensions.toLocaleString('en-US')} dimensions`;
  if (samples <= dimensions) {
    return `${set}: the covariance is rank-deficient; compare this FID only with those of as many samples`;
  }
  const enough = Math.min(ENOUGH, PER_DIMENSION * dimensions);
  if (samples >= enough) return null;
  return `${set}: FID is biased upwards below ${enough.toLocaleString('en-US')} samples; compare it only with those of as many`;
}
