/** Layers as functions of a tensor and its parameters. Images are [batch, height, width, channels]. */
import { tf, type Tensor, type Tensor4D } from './backend.ts';

/** Looks a parameter up by its name, such as `conv_in.weight`. */
export type Parameters = (name: string) => Tensor;

/** The same parameters, seen from inside a block: names are relative to `prefix`. */
export const within =
  (parameters: Parameters, prefix: string): Parameters =>
  (name) =>
    parameters(`${prefix}.${name}`);

/** Convolution with bias; kernel [height, width, in, out]. */
export function convolution(
  x: Tensor,
  p: Parameters,
  { stride = 1, padding = 'same' }: { stride?: number; padding?: 'same' | 'valid' } = {},
): Tensor {
  return tf.conv2d(x as Tensor4D, p('weight') as Tensor4D, stride, padding).add(p('bias'));
}

/** Fully connected layer on the last axis; weight [in, out]. */
export function dense(x: Tensor, p: Parameters): Tensor {
  const [inputs, outputs] = p('weight').shape as [number, number];
  const flat = tf.matMul(x.reshape([-1, inputs]), p('weight')).add(p('bias'));
  return flat.reshape([...x.shape.slice(0, -1), outputs]);
}

export const silu = (x: Tensor): Tensor => x.mul(tf.sigmoid(x));

/** Nearest-neighbour up-sampling by two. */
export function upsample(x: Tensor): Tensor {
  const [, height, width] = x.shape as [number, number, number, number];
  return tf.image.resizeNearestNeighbor(x as Tensor4D, [height * 2, width * 2]);
}
