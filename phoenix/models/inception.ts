/**
 * The Inception V3 network of the Fréchet Inception Distance, as torch-fidelity's `inception-v3-compat` computes it:
 * features and logits of the TensorFlow graph that the distance was defined with, resize included.
 */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { inferenceBatchNorm, type BatchNorm } from '../engine/batch-norm.ts';
import { addBias, type Parameters } from '../engine/layers.ts';
import { matrixProduct } from '../engine/raw.ts';
import type { Trace } from '../engine/trace.ts';
import type { FeatureNetwork } from './feature-network.ts';
import {
  INCEPTION_CLASSES,
  inceptionParameters,
  inceptionStages,
  type Step,
  type Steps,
} from './inception-parameters.ts';

/** Side in pixels of the images that the network was trained on. */
const SIDE = 299;
const BATCH_NORM_EPSILON = 1e-3;

/** Its logits are those without the last layer's bias, of which torch-fidelity takes the Inception Score. */
export const inceptionNetwork: FeatureNetwork = {
  parameters: inceptionParameters,
  taps: new Map(inceptionStages.map(({ channels }) => [String(channels), channels])),
  classes: INCEPTION_CLASSES,
  // 1.1 GB at its peak; more at once are not faster.
  batch: 32,
  forward: (images, p, trace) => {
    const { taps, logitsUnbiased } = inception(normalise(resize(images)), p, trace);
    return { taps, logits: logitsUnbiased };
  },
};

/**
 * Bilinear, the way of TensorFlow 1: pixel k of the result lies at k · size / 299 of the image, with neither half-pixel
 * centres nor aligned corners, and nothing is rounded.
 * @param images float32 [batch, height, width, 3], of any size
 * @returns float32 [batch, 299, 299, 3]
 */
export const resize = (images: Tensor): Tensor => tf.image.resizeBilinear(images as Tensor4D, [SIDE, SIDE]);

/** From 0…255 to −1…1 (to 127/128, for 255). */
export const normalise = (pixels: Tensor): Tensor => pixels.sub(128).div(128);

export interface InceptionOutputs {
  /** Channels of a stage's output, as text → its means over the pixels: float32 [batch, channels]. */
  readonly taps: ReadonlyMap<string, Tensor>;
  /** float32 [batch, 1008], without the last layer's bias … */
  readonly logitsUnbiased: Tensor;
  /** … and with it. */
  readonly logits: Tensor;
}

/** @param images float32 [batch, 299, 299, 3], normalised */
export function inception(images: Tensor, p: Parameters, trace: Trace): InceptionOutputs {
  const pass = { p, batchNorm: inferenceBatchNorm(trace, BATCH_NORM_EPSILON) };
  const taps = new Map<string, Tensor>();
  let x = images;
  let features = x;
  for (const { steps, channels } of inceptionStages) {
    x = follow(steps, x, pass);
    features = x.mean([1, 2]);
    taps.set(String(channels), features);
  }
  const logitsUnbiased = matrixProduct(features, p('fc.weight'));
  return { taps, logitsUnbiased, logits: addBias(logitsUnbiased, p('fc.bias')) };
}

interface Pass {
  readonly p: Parameters;
  readonly batchNorm: BatchNorm;
}

const follow = (steps: Steps, images: Tensor, pass: Pass): Tensor =>
  steps.reduce((x, step) => take(step, x as Tensor4D, pass), images);

function take(step: Step, x: Tensor4D, pass: Pass): Tensor {
  switch (step.kind) {
    case 'join':
      return tf.concat(
        step.branches.map((branch) => follow(branch, x, pass)),
        3,
      );
    case 'maximum':
      return tf.maxPool(x, 3, step.window.stride, step.window.padding);
    case 'average': // Of the pixels under the window, those of the padding not counted.
      return tf.avgPool(x, 3, step.window.stride, step.window.padding);
    case 'unit': {
      const { name, window } = step;
      const kernel = pass.p(`${name}.conv.weight`) as Tensor4D;
      // Not `convolve`: with matrix products for its 1×1 kernels the network is 7 % slower.
      const convolved = tf.conv2d(x, kernel, window.stride, window.padding);
      return tf.relu(pass.batchNorm(convolved, pass.p, `${name}.bn`));
    }
  }
}
