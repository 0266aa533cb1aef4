/** The scale of the figures in a classifier's features: what real images score. */
import { deriveSeed } from '../phoenix/config/seeds.ts';
import type { ImageSet, ImageSets } from '../phoenix/data/image-set.ts';
import { permutation } from '../phoenix/data/permutation.ts';
import { FrechetDistance } from '../phoenix/metrics/frechet.ts';
import { inceptionScore } from '../phoenix/metrics/inception-score.ts';
import { GaussianFit } from '../phoenix/metrics/statistics.ts';
import { CLASSES } from '../phoenix/models/cifar-classifier-parameters.ts';
import type { FeatureExtractor, Features } from '../phoenix/models/feature-extractor.ts';

export interface Calibration {
  /** Of the 50,000 training images, ten splits. */
  readonly inceptionScore: { readonly mean: number; readonly std: number };
  /** Of the training images from the test images, by layer. */
  readonly fid: Readonly<Record<string, number>>;
}

const SEED = 1;

export async function calibration(
  extractor: FeatureExtractor,
  { train, test }: ImageSets,
): Promise<Calibration> {
  const seen = featuresOf(extractor, train);
  const unseen = featuresOf(extractor, test);
  const order = permutation(train.count, deriveSeed(SEED, 'splits'));
  const fid: Record<string, number> = {};
  for (const [layer, features] of seen.taps) {
    const dimensions = features.length / train.count;
    fid[layer] = await distance(features, unseen.taps.get(layer)!, dimensions);
  }
  return { inceptionScore: inceptionScore(seen.logits, CLASSES, order), fid };
}

const featuresOf = (extractor: FeatureExtractor, { images, count }: ImageSet): Features =>
  extractor.features(images, count);

async function distance(a: Float32Array, b: Float32Array, dimensions: number): Promise<number> {
  const fit = new GaussianFit(dimensions);
  const frechet = new FrechetDistance(dimensions);
  try {
    return await frechet.between(await fit.fit(a), await fit.fit(b));
  } finally {
    fit.dispose();
    frechet.dispose();
  }
}
