/** How many images a classifier labels right. */
import type { ImageSet } from '../phoenix/data/image-set.ts';
import { largestPerRow } from '../phoenix/metrics/class-distribution.ts';
import type { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';

/** Share of the images, 0…1, whose largest logit is that of their label. */
export function accuracy(extractor: FeatureExtractor, { images, labels, count }: ImageSet): number {
  const found = largestPerRow(extractor.features(images, count).logits, count);
  return found.filter((label, image) => label === labels[image]).length / count;
}
