/** How far two sets of images are from each other in one layer of features. */
import { deriveSeed } from '../config/seeds.ts';
import { permutation } from '../data/permutation.ts';
import type { Distances } from '../federation/metrics.ts';
import { densityCoverage } from './density-coverage.ts';
import { type Layer, rowsAt } from './feature-set.ts';
import { frechetInterval } from './frechet-interval.ts';
import { FrechetDistance } from './frechet.ts';
import { KernelDistance, subsetPairs } from './kid.ts';
import { manifoldOverlap } from './manifolds.ts';
import { precisionRecall } from './precision-recall.ts';
import { sampleSizeWarning } from './sample-size.ts';
import { type Gaussian, GaussianFit } from './statistics.ts';

export interface DistanceSettings {
  /** Of the real images; null: it is fitted here. */
  readonly reference: Gaussian | null;
  /** Rows that the manifolds are made of, of either set. */
  readonly chosen: { readonly real: Int32Array; readonly fake: Int32Array };
  /** k of the manifolds. */
  readonly neighbours: number;
  readonly seed: number;
  /** Is called several times a second, and ends the measuring by what it throws. */
  readonly onProgress: () => void;
}

/**
 * FID and KID of all rows; precision, recall, density and coverage of the chosen ones.
 *
 * @throws RangeError with too few rows; CovarianceNotFinite
 */
export async function distances(real: Layer, fake: Layer, settings: DistanceSettings): Promise<Distances> {
  const { dimensions } = real;
  const { fid, fidInterval } = await frechet(real, fake, settings);
  const kid = await kernel(real, fake, settings);
  const { chosen, neighbours, seed, onProgress } = settings;
  const manifolds = [
    rowsAt(real.values, dimensions, chosen.real),
    rowsAt(fake.values, dimensions, chosen.fake),
  ] as const;
  const overlap = await manifoldOverlap(...manifolds, dimensions, neighbours, onProgress);
  const { precision, recall } = precisionRecall(overlap);
  const { density, coverage } = densityCoverage(overlap, deriveSeed(seed, 'density'));
  const warning = sampleSizeWarning(rowsOf(fake), dimensions);
  return {
    dimensions,
    fid,
    kid,
    precision: precision.value,
    recall: recall.value,
    density: density.value,
    coverage: coverage.value,
    intervals: {
      fid: fidInterval,
      precision: precision.interval,
      recall: recall.interval,
      density: density.interval,
      coverage: coverage.interval,
    },
    warnings: warning === null ? [] : [warning],
  };
}

async function frechet(
  real: Layer,
  { dimensions, values }: Layer,
  { reference, seed, onProgress }: DistanceSettings,
): Promise<{ fid: number; fidInterval: readonly [number, number] }> {
  const fit = new GaussianFit(dimensions);
  const measure = new FrechetDistance(dimensions);
  try {
    const order = permutation(values.length / dimensions, deriveSeed(seed, 'jackknife'));
    const { distance, interval } = await frechetInterval(
      measure,
      fit,
      reference ?? (await fit.fit(real.values, onProgress)),
      values,
      order,
    );
    return { fid: distance, fidInterval: interval };
  } finally {
    fit.dispose();
    measure.dispose();
  }
}

async function kernel(
  real: Layer,
  fake: Layer,
  { seed, onProgress }: DistanceSettings,
): Promise<{ mean: number; std: number }> {
  const measure = new KernelDistance(real.dimensions);
  try {
    const subsets = subsetPairs(rowsOf(real), rowsOf(fake), deriveSeed(seed, 'kid'));
    return await measure.ofSubsets(real.values, fake.values, subsets, onProgress);
  } finally {
    measure.dispose();
  }
}

const rowsOf = ({ dimensions, values }: Layer): number => values.length / dimensions;
