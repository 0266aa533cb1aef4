/**
 * What LaNet's cells are made of. Every operation takes x, float32 [batch, height, width, channels], and the name that
 * its parameters start with. PyTorch pads all sides alike; TensorFlow's 'same' does not with stride 2.
 */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { convolve, within, type Parameters } from '../engine/layers.ts';
import type { Pass } from './pass.ts';

export type Stride = 1 | 2;

/** To other channels: ReLU, standardised 1×1 convolution, batch norm. */
export function unit(x: Tensor, name: string, { p, batchNorm }: Pass): Tensor {
  const mixed = convolve(tf.relu(x), standardised(within(p, `${name}.op.1`)));
  return batchNorm(mixed, p, `${name}.op.2`);
}

/** To other channels and half the resolution: one half of the channels sees the even pixels, the other the odd ones. */
export function reduction(x: Tensor, name: string, { p, batchNorm }: Pass): Tensor {
  const rectified = tf.relu(x) as Tensor4D;
  const [, height, width] = rectified.shape;
  const odd = rectified.slice([0, 1, 1, 0], [-1, height - 1, width - 1, -1]);
  const half = (pixels: Tensor, convolution: string) =>
    convolve(pixels, within(p, `${name}.${convolution}`), { stride: 2, padding: 'valid' });
  const joined = tf.concat([half(rectified, 'conv_1'), half(odd, 'conv_2')], -1);
  return batchNorm(joined, p, `${name}.bn`);
}

/** Two separable convolutions: ReLU, depthwise with a kernel of any odd size, standardised 1×1, batch norm. */
export function separable(x: Tensor, name: string, stride: Stride, { p, batchNorm }: Pass): Tensor {
  const half = (input: Tensor, first: number, step: Stride) => {
    const kernel = p(`${name}.op.${first}.weight`) as Tensor4D;
    const padding = around(Math.floor(kernel.shape[0] / 2));
    const deep = tf.depthwiseConv2d(tf.relu(input) as Tensor4D, kernel, step, padding);
    const mixed = convolve(deep, standardised(within(p, `${name}.op.${first + 1}`)));
    return batchNorm(mixed, p, `${name}.op.${first + 2}`);
  };
  return half(half(x, 1, stride), 5, 1);
}

/** Maximum over 3×3 pixels; those outside count as minus infinity. */
export function maxPool(x: Tensor, stride: Stride): Tensor {
  if (stride === 1) return tf.maxPool(x as Tensor4D, 3, 1, 'same');
  return tf.maxPool(tf.pad(x as Tensor4D, around(1), -Infinity), 3, 2, 'valid');
}

type Padding = [[0, 0], [number, number], [number, number], [0, 0]];

/** So many pixels on each side of an image. */
const around = (pixels: number): Padding => [
  [0, 0],
  [pixels, pixels],
  [pixels, pixels],
  [0, 0],
];

/** Keeps the deviation of a channel with equal weights from being a divisor of zero. */
const EPSILON = 1e-5;

/**
 * Weight standardisation (Qiao et al. 2019): the weights of each output channel with mean 0 and sample standard
 * deviation 1. Checkpoints have them as they were before.
 */
const standardised =
  (p: Parameters): Parameters =>
  (name) => {
    const kernel = p(name);
    const inputAxes = [0, 1, 2];
    const centred = kernel.sub(kernel.mean(inputAxes, true));
    const perOutput = inputAxes.reduce((size, axis) => size * kernel.shape[axis]!, 1);
    const variance = centred
      .square()
      .sum(inputAxes, true)
      .div(perOutput - 1);
    return centred.div(variance.sqrt().add(EPSILON));
  };
