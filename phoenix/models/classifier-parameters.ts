/** The classifier's parameters, without tfjs: name → shape in TensorFlow's layout. */
import type { Experiment } from '../config/schema.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

export function classifierParameters(
  { channels, dimensions }: Experiment['features'],
  classes: number,
): Shapes {
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
