/** The classifier's parameters, without tfjs: name → shape in TensorFlow's layout. */
import type { Experiment } from '../config/schema.ts';
import type { Shapes } from './unet-parameters.ts';

export function classifierParameters({ channels, dimensions }: Experiment['features']): Shapes {
  const shapes = new Map<string, readonly number[]>();
  let inputs = 3;
  channels.forEach((outputs, level) => {
    shapes.set(`conv_${level}.weight`, [3, 3, inputs, outputs]).set(`conv_${level}.bias`, [outputs]);
    inputs = outputs;
  });
  shapes.set('features.weight', [inputs, dimensions]).set('features.bias', [dimensions]);
  return shapes.set('classes.weight', [dimensions, 10]).set('classes.bias', [10]);
}
