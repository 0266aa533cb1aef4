/** How many images a classifier labels right. */
import type { ImageSet } from '../phoenix/data/image-set.ts';
import { largestPerRow } from '../phoenix/metrics/class-distribution.ts';
import { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';
import type { CifarClassifierSize } from '../phoenix/models/cifar-classifier-parameters.ts';
import { cifarClassifierNetwork } from '../phoenix/models/cifar-classifier.ts';
import type { Tensors } from '../phoenix/storage/safetensors.ts';

/** Share of the images, 0…1, whose largest logit is that of their label. */
export function accuracy(size: CifarClassifierSize, weights: Tensors, set: ImageSet): number {
  const extractor = new FeatureExtractor(cifarClassifierNetwork(size), size);
  extractor.load(weights);
  const { logits } = extractor.features(set.images, set.count);
  extractor.dispose();
  const labels = largestPerRow(logits, set.count);
  return labels.filter((label, image) => label === set.labels[image]).length / set.count;
}
