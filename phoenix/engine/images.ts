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
  return gatherRows(trace, variable, indices, { shape, dtype: 'float32' })
    .mul(2 / 255)
    .sub(1);
}

/** Mirrors each image left to right with probability one half. */
export function randomFlip(images: Tensor, random: Random): Tensor {
  const flip = random.uniform([images.shape[0]!, 1, 1, 1]).less(0.5);
  return tf.where(flip.tile([1, ...images.shape.slice(1)]), images.reverse(2), images);
}

/** From −1…1 back to whole numbers 0…255, int32 of the same shape. */
export const toPixels = (images: Tensor): Tensor =>
  tf.clipByValue(images.add(1).mul(127.5), 0, 255).round().cast('int32');
