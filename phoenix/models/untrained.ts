/** The weights that each kind of network starts from, without tfjs. */
import type { Experiment } from '../config/schema.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { dcganInitialWeights } from './dcgan-parameters.ts';
import { initialWeights } from './initial-weights.ts';
import { unetParameters } from './unet-parameters.ts';

/** @param seed of the weights, which are drawn by name */
export function untrainedWeights(model: Experiment['model'], seed: number): Tensors {
  switch (model.kind) {
    case 'unet':
      return initialWeights(unetParameters(model), seed);
    case 'dcgan':
      return dcganInitialWeights(model, seed);
  }
}
