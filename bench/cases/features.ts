/** Features of 10,000 images by the classifier that comes with Phoenix; its weights do not matter for the time. */
import { cifarClassifierParameters } from '../../phoenix/models/cifar-classifier-parameters.ts';
import { cifarClassifierNetwork } from '../../phoenix/models/cifar-classifier.ts';
import { FeatureExtractor } from '../../phoenix/models/feature-extractor.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { timed, type Measured } from './measured.ts';

const IMAGES = 10_000;
const SIZE = 32;

export function prepare(): Measured {
  const { weights, statistics } = cifarClassifierParameters();
  const extractor = new FeatureExtractor(cifarClassifierNetwork(SIZE), SIZE);
  extractor.load(initialWeights(new Map([...weights, ...statistics]), 1));
  const images = Uint8Array.from(
    { length: IMAGES * SIZE * SIZE * 3 },
    (_, at) => Math.imul(at, 40_503) >>> 8,
  );
  return { run: () => timed(() => extractor.features(images, IMAGES)) };
}
