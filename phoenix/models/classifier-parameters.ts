/** The classifier's parameters, without tfjs: name → shape in TensorFlow's layout. */
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

export interface ClassifierShape {
  /** Output channels of each convolution. */
  readonly channels: readonly number[];
  /** Of the hidden layer, which is the features. */
  readonly dimensions: number;
  /** Number of them. */
  readonly classes: number;
}

export function classifierParameters({ channels, dimensions, classes }: ClassifierShape): Shapes {
  const shapes = new Map<string, readonly number[]>();
  let inputs = 3;
  channels.forEach((outputs, level) => {
    shapes.set(`conv_${level}.weight`, [3, 3, inputs, outputs]).set(`conv_${level}.bias`, [outputs]);
    inputs = outputs;
  });
  shapes.set('features.weight', [inputs, dimensions]).set('features.bias', [dimensions]);
  return shapes.set('classes.weight', [dimensions, classes]).set('classes.bias', [classes]);
}

/** Number of classes that these weights tell apart. */
export const classesIn = (weights: Tensors): number => weights.get('classes.bias')!.shape[0]!;
