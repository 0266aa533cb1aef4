/** The classifier that comes with Phoenix, trained on CIFAR-10: its features are what metrics use unless told otherwise. */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { inferenceBatchNorm } from '../engine/batch-norm.ts';
import { toUnitRange } from '../engine/images.ts';
import { convolve, dense, within } from '../engine/layers.ts';
import { relu } from '../engine/rectifiers.ts';
import {
  cifarClassifierParameters,
  CLASSES,
  stagesOf,
  type CifarClassifierSize,
} from './cifar-classifier-parameters.ts';
import type { Pass } from './pass.ts';
import type { FeaturesOfBatch, FeatureNetwork } from './feature-network.ts';

/** Images whose features are computed at once. */
const FEATURE_BATCH = 250;

/** Taps: `64`, the mean of the first stage, and `192`, that of the last, from which it tells the classes. */
export function cifarClassifierNetwork(imageSize: CifarClassifierSize): FeatureNetwork {
  const { weights, statistics } = cifarClassifierParameters();
  return {
    parameters: new Map([...weights, ...statistics]),
    taps: new Map(
      [stagesOf(imageSize)[0]!, stagesOf(imageSize).at(-1)!].map(({ outputs }) => [String(outputs), outputs]),
    ),
    classes: CLASSES,
    batch: FEATURE_BATCH,
    forward: (images, p, trace) =>
      cifarClassifier(toUnitRange(images), { p, batchNorm: inferenceBatchNorm(trace), trace }, imageSize),
  };
}

/** @param images float32 [batch, size, size, 3], −1…1 */
export function cifarClassifier(images: Tensor, pass: Pass, imageSize: CifarClassifierSize): FeaturesOfBatch {
  const taps = new Map<string, Tensor>();
  const stages = stagesOf(imageSize);
  let x = layer(images, 'stem', pass);
  for (const { name, outputs, pool, residual } of stages) {
    x = layer(x, `${name}.main`, pass, pool);
    if (residual) x = x.add(layer(layer(x, `${name}.residual1`, pass), `${name}.residual2`, pass));
    if (residual) taps.set(String(outputs), x.mean([1, 2]));
  }
  const features = taps.get(String(stages.at(-1)!.outputs))!;
  return { taps, logits: dense(features, within(pass.p, 'classes')) };
}

/** Convolution, maximum over 2×2 pixels where there is one, batch normalisation, ReLU. */
function layer(x: Tensor, name: string, { p, batchNorm, trace }: Pass, pool = false): Tensor {
  const convolved = convolve(x, within(p, name));
  const pooled = pool ? tf.maxPool(convolved as Tensor4D, 2, 2, 'valid') : convolved;
  return relu(batchNorm(pooled, p, `${name}.norm`), trace);
}
