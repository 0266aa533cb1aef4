/** Layers as functions of a tensor and its parameters. Images are [batch, height, width, channels]. */
import { tf, type Tensor, type Tensor4D } from './backend.ts';
import { differentiable } from './differentiable.ts';
import { attribute, matrixProduct, raw } from './raw.ts';

/** Looks a parameter up by its name, such as `conv_in.weight`. */
export type Parameters = (name: string) => Tensor;

/** The same parameters, seen from inside a block: names are relative to `prefix`. */
export const within =
  (parameters: Parameters, prefix: string): Parameters =>
  (name) =>
    parameters(`${prefix}.${name}`);

/** x + bias; x [..., channels], bias [channels]. */
export const addBias = (x: Tensor, bias: Tensor): Tensor =>
  differentiable(
    ([input, shift]) => raw('BiasAdd', [input!, shift!], [attribute.float32()]),
    (dy) => [dy, raw('BiasAddGrad', [dy], [attribute.float32()])],
  )(x, bias);

interface ConvolutionSettings {
  readonly stride?: number;
  readonly padding?: 'same' | 'valid';
}

/** Convolution with bias; kernel [height, width, in, out]. */
export const convolution = (x: Tensor, p: Parameters, settings: ConvolutionSettings = {}): Tensor =>
  addBias(convolve(x, p, settings), p('bias'));

/** The same without its bias, for what follows to add. */
export function convolve(
  x: Tensor,
  p: Parameters,
  { stride = 1, padding = 'same' }: ConvolutionSettings = {},
): Tensor {
  const kernel = p('weight') as Tensor4D;
  const [height, width, inputs, outputs] = kernel.shape;
  if (height === 1 && width === 1 && stride === 1) {
    const flat = multiply(x.reshape([-1, inputs]), kernel.reshape([inputs, outputs]));
    return flat.reshape([...x.shape.slice(0, -1), outputs]);
  }
  return tf.conv2d(x as Tensor4D, kernel, stride, padding);
}

/** Fully connected layer on the last axis; weight [in, out]. */
export function dense(x: Tensor, p: Parameters): Tensor {
  const [inputs, outputs] = p('weight').shape as [number, number];
  const flat = addBias(multiply(x.reshape([-1, inputs]), p('weight')), p('bias'));
  return flat.reshape([...x.shape.slice(0, -1), outputs]);
}

/** Product of two matrices. tfjs' own counts every product as a batch of them, which libtensorflow does more slowly. */
const multiply = (a: Tensor, b: Tensor): Tensor =>
  differentiable(
    ([left, right]) => matrixProduct(left!, right!),
    (dy, [left, right]) => [matrixProduct(dy, right!, false, true), matrixProduct(left!, dy, true, false)],
  )(a, b);

export const silu = (x: Tensor): Tensor => x.mul(tf.sigmoid(x));

/** Nearest-neighbour up-sampling by two. */
export function upsample(x: Tensor): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return tf.image.resizeNearestNeighbor(x as Tensor4D, [height * 2, width * 2]);
}
