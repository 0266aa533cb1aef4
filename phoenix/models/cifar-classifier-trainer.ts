/** Trains the classifier that comes with Phoenix: cross entropy of crops and mirrored images, by gradient descent. */
import { tf } from '../engine/backend.ts';
import { MovingBatchNorm } from '../engine/batch-norm.ts';
import { gatherRows } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomCrop, randomFlip } from '../engine/images.ts';
import { sgd } from '../engine/sgd.ts';
import { inShards } from '../engine/shards.ts';
import type { TensorSpec } from '../engine/trace.ts';
import {
  cifarClassifierParameters,
  CLASSES,
  type CifarClassifierSize,
} from './cifar-classifier-parameters.ts';
import { cifarClassifier } from './cifar-classifier.ts';
import { Training } from './training.ts';

export interface CifarClassifierTraining {
  readonly batchSize: number;
  readonly weightDecay: number;
}

/** The loss is the mean cross entropy, in nats. */
export class CifarClassifierTrainer extends Training {
  readonly #imageSize: CifarClassifierSize;

  constructor(imageSize: CifarClassifierSize, { batchSize, weightDecay }: CifarClassifierTraining) {
    const { weights, statistics } = cifarClassifierParameters();
    super({
      parameters: weights,
      statistics,
      data: new Map<string, TensorSpec>([
        ['images', imageVariable(imageSize)],
        ['labels', { shape: [-1], dtype: 'uint8' }],
      ]),
      batchSize,
      optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay }),
      losses: (indices, random, trace) => {
        // An eighth of the side, as is usual for CIFAR-10.
        const cropped = randomCrop(
          trace,
          gatherImages(trace, 'images', indices, imageSize),
          random,
          imageSize / 8,
        );
        const images = randomFlip(cropped, random);
        const labels = gatherRows(trace, 'labels', indices, { shape: [batchSize], dtype: 'int32' });
        const wantedClasses = tf.oneHot(labels, CLASSES);
        return (p) => {
          const moving = new MovingBatchNorm(trace);
          const pass = { p, batchNorm: moving.normalise, trace };
          const losses = inShards([images, wantedClasses], ([x, wanted]) =>
            tf
              .logSoftmax(cifarClassifier(x, pass, imageSize).logits)
              .mul(wanted)
              .sum(1)
              .neg(),
          );
          moving.store();
          return losses;
        };
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
