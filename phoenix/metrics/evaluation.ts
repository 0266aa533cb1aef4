/** All metrics of a set of samples against real images (paper §3.4), in both presets of features. */
import { deriveSeed } from '../config/seeds.ts';
import { permutation } from '../data/permutation.ts';
import { referenceIndices } from '../data/reference.ts';
import type { Metrics } from '../federation/metrics.ts';
import { classCounts, classDistribution } from './class-distribution.ts';
import { distances } from './distances.ts';
import type { FeatureSet, Layer } from './feature-set.ts';
import { inceptionScore } from './inception-score.ts';
import type { Gaussian } from './statistics.ts';

export interface EvaluationSettings {
  /** Names of the networks, for whoever reads the figures. */
  readonly extractor: string;
  readonly labeller: string;
  /** Number of classes that the labels can be. */
  readonly classes: number;
  /** k of the nearest-neighbour manifolds. */
  readonly neighbours: number;
  /** Decides which images a manifold is made of, the splits, and what intervals are drawn from. */
  readonly seed: number;
}

export interface RealSet extends FeatureSet {
  /** [count]: the classes that they are of; all 0 where nobody knows. */
  readonly truth: Uint8Array;
  /** Of the layers, where they are known beforehand. */
  readonly gaussians: { readonly standard: Gaussian | null; readonly paper: Gaussian | null };
}

/**
 * FID and KID compare with all real images. Manifolds of unlike density cannot be compared: precision, recall, density and
 * coverage take as many images of either set as the smaller one has, the real ones evenly over their classes.
 *
 * @param onProgress is called several times a second, and ends the measuring by what it throws
 * @throws RangeError with fewer samples than splits or neighbours; CovarianceNotFinite
 */
export async function evaluate(
  real: RealSet,
  fake: FeatureSet,
  settings: EvaluationSettings,
  onProgress: () => void = () => undefined,
): Promise<Metrics> {
  const { extractor, labeller, classes, neighbours, seed } = settings;
  const few = Math.min(real.count, fake.count);
  const chosen = {
    real: referenceIndices(real.truth, few, deriveSeed(seed, 'reference')),
    fake: permutation(fake.count, deriveSeed(seed, 'manifold')).subarray(0, few).sort(),
  };
  const compare = (preset: 'standard' | 'paper', a: Layer, b: Layer) =>
    distances(a, b, { reference: real.gaussians[preset], chosen, neighbours, seed, onProgress });
  const counts = classCounts(fake.labels, classes);
  const { distanceFromUniform, distanceByChance } = classDistribution(counts);
  return {
    samples: fake.count,
    referenceImages: real.count,
    extractor,
    ...(await compare('standard', real.standard, fake.standard)),
    paper: real.paper && fake.paper && (await compare('paper', real.paper, fake.paper)),
    inceptionScore: inceptionScore(
      fake.logits,
      fake.logits.length / fake.count,
      permutation(fake.count, deriveSeed(seed, 'splits')),
    ),
    labeller,
    classCounts: counts,
    distanceFromUniform,
    distanceByChance,
  };
}
