/**
 * The structure of the classifier that comes with Phoenix, and its parameters, without tfjs. A residual network of a stem
 * and three stages, narrow enough for a processor: 1,055,274 parameters. Names are `LAYER.weight` for kernels
 * [3, 3, in, out] and `LAYER.norm.…` for the batch normalisation behind each.
 */
import type { NetworkShapes } from './dcgan-parameters.ts';

/** Sides of the images that there is one for. */
export const CIFAR_CLASSIFIER_SIZES = [16, 32] as const;
export type CifarClassifierSize = (typeof CIFAR_CLASSIFIER_SIZES)[number];

export const CLASSES = 10;
const STEM_CHANNELS = 32;

export interface Stage {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Halves the side after its convolution. */
  readonly pool: boolean;
  /** Adds what two more convolutions make of it. */
  readonly residual: boolean;
}

/** The last one leaves 4×4 pixels, of whichever size the images are: small ones are halved once less. */
export const stagesOf = (imageSize: CifarClassifierSize): readonly Stage[] => [
  { name: 'stage1', inputs: STEM_CHANNELS, outputs: 64, pool: imageSize === 32, residual: true },
  { name: 'stage2', inputs: 64, outputs: 128, pool: true, residual: false },
  { name: 'stage3', inputs: 128, outputs: 192, pool: true, residual: true },
];

/** Weights and running statistics, which do not depend on the size of the images. */
export function cifarClassifierParameters(): NetworkShapes {
  const weights = new Map<string, readonly number[]>();
  const statistics = new Map<string, readonly number[]>();
  const layer = (name: string, inputs: number, outputs: number) => {
    weights.set(`${name}.weight`, [3, 3, inputs, outputs]);
    weights.set(`${name}.norm.weight`, [outputs]).set(`${name}.norm.bias`, [outputs]);
    statistics.set(`${name}.norm.running_mean`, [outputs]).set(`${name}.norm.running_var`, [outputs]);
  };
  layer('stem', 3, STEM_CHANNELS);
  const stages = stagesOf(32);
  for (const { name, inputs, outputs, residual } of stages) {
    layer(`${name}.main`, inputs, outputs);
    for (const part of residual ? [1, 2] : []) layer(`${name}.residual${part}`, outputs, outputs);
  }
  const features = stages.at(-1)!.outputs;
  weights.set('classes.weight', [features, CLASSES]).set('classes.bias', [CLASSES]);
  return { weights, statistics };
}
