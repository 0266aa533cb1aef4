/**
 * A small convolutional classifier. A run trains it on CIFAR-10 and takes its last hidden layer as the feature space
 * in which generated and real images are compared, and its classes for the class distribution.
 */
import { tf, type Tensor } from '../engine/backend.ts';
import { gatherRows } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomFlip, toUnitRange } from '../engine/images.ts';
import { convolution, dense, within, type Parameters } from '../engine/layers.ts';
import { inShards } from '../engine/shards.ts';
import type { TensorSpec } from '../engine/trace.ts';
import { classifierParameters, type ClassifierShape } from './classifier-parameters.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { Training } from './training.ts';

export interface ClassifierTraining extends ClassifierShape {
  readonly batchSize: number;
}

/** The loss is the mean cross entropy, in nats. */
export class ClassifierTrainer extends Training {
  readonly #imageSize: number;

  constructor(settings: ClassifierTraining, imageSize: number) {
    const { batchSize, classes } = settings;
    super({
      parameters: classifierParameters(settings),
      data: new Map<string, TensorSpec>([
        ['images', imageVariable(imageSize)],
        ['labels', { shape: [-1], dtype: 'uint8' }],
      ]),
      batchSize,
      losses: (indices, random, trace) => {
        const images = randomFlip(gatherImages(trace, 'images', indices, imageSize), random);
        const labels = gatherRows(trace, 'labels', indices, { shape: [batchSize], dtype: 'int32' });
        const wantedClasses = tf.oneHot(labels, classes);
        return (p) =>
          inShards([images, wantedClasses], ([x, wanted]) =>
            tf
              .logSoftmax(classify(x, p, settings).logits)
              .mul(wanted)
              .sum(1)
              .neg(),
          );
      },
    });
    this.#imageSize = imageSize;
  }

  /** Images uint8 [count, size, size, 3] with their classes, uint8 [count]. */
  setImages(images: Uint8Array, labels: Uint8Array): void {
    const size = this.#imageSize;
    this.setData('images', [labels.length, size, size, 3], images);
    this.setData('labels', [labels.length], labels);
  }
}

/** Images whose features are computed at once. */
const FEATURE_BATCH = 250;

export const classifierNetwork = (shape: ClassifierShape): FeatureNetwork => ({
  parameters: classifierParameters(shape),
  taps: new Map([['features', shape.dimensions]]),
  classes: shape.classes,
  batch: FEATURE_BATCH,
  forward: (images, p) => {
    const { features, logits } = classify(toUnitRange(images), p, shape);
    return { taps: new Map([['features', features]]), logits };
  },
});

/**
 * Strided convolutions, mean over the pixels, one hidden layer (the features), the classes' logits.
 * @param images float32 [batch, size, size, 3], −1…1
 */
function classify(
  images: Tensor,
  p: Parameters,
  { channels }: ClassifierShape,
): { features: Tensor; logits: Tensor } {
  let x = images;
  channels.forEach((_, level) => {
    x = tf.relu(convolution(x, within(p, `conv_${level}`), { stride: level === 0 ? 1 : 2 }));
  });
  const features = tf.relu(dense(x.mean([1, 2]), within(p, 'features')));
  return { features, logits: dense(features, within(p, 'classes')) };
}
