/** Training images live in the graph as one uint8 variable; a step picks its batch by index. */
import { tf, type Tensor } from './backend.ts';
import type { Random } from './random.ts';
import { gatherRows } from './gather.ts';
import type { TensorSpec, Trace } from './trace.ts';

/** Any number of square RGB images: uint8 [−1, size, size, 3]. */
export const imageVariable = (size: number): TensorSpec => ({ shape: [-1, size, size, 3], dtype: 'uint8' });

/** The images at `indices` of an image variable, scaled from 0…255 to −1…1: float32 [batch, size, size, 3]. */
export function gatherImages(trace: Trace, variable: string, indices: Tensor, size: number): Tensor {
  const shape = [indices.shape[0]!, size, size, 3];
  return toUnitRange(gatherRows(trace, variable, indices, { shape, dtype: 'float32' }));
}

/** From 0…255 to −1…1. */
export const toUnitRange = (pixels: Tensor): Tensor => pixels.mul(2 / 255).sub(1);

/** Mirrors each image left to right with probability one half. */
export function randomFlip(images: Tensor, random: Random): Tensor {
  const flip = random.uniform([images.shape[0]!, 1, 1, 1]).less(0.5);
  return tf.where(flip.tile([1, ...images.shape.slice(1)]), images.reverse(2), images);
}

/**
 * A random window of each image, of the image's own size, after `padding` black pixels (−1) were put around it: each is
 * shifted by −padding … padding pixels, down and to the right independently, all shifts equally likely.
 */
export function randomCrop(trace: Trace, images: Tensor, random: Random, padding: number): Tensor {
  const [batch, height, width] = images.shape as [number, number, number, number];
  const [zero, one] = [tf.zeros([batch, 1]), tf.ones([batch, 1])];
  const offset = () =>
    random
      .integers([batch, 1], 2 * padding + 1)
      .cast('float32')
      .sub(padding);
  const [right, down] = [offset(), offset()];
  // Where the pixel (x, y) of the result comes from: (x + right, y + down), as rows of a projective map.
  const maps = tf.concat([one, zero, right, zero, one, down, zero, zero], 1);
  const inputs = [images, maps, tf.tensor1d([height, width], 'int32'), tf.scalar(-1)];
  const cropped = trace.node(
    'ImageProjectiveTransformV3',
    inputs.map((tensor) => trace.output(tensor)),
    {
      dtype: { type: 'float32' },
      interpolation: { s: 'NEAREST' },
      fill_mode: { s: 'CONSTANT' },
    },
  );
  return trace.standIn(cropped, { shape: images.shape, dtype: 'float32' });
}

/** From −1…1 back to whole numbers 0…255, int32 of the same shape. */
export const toPixels = (images: Tensor): Tensor =>
  tf.clipByValue(images.add(1).mul(127.5), 0, 255).round().cast('int32');
