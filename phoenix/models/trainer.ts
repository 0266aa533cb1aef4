/** Trains the U-Net to predict noise (Ho et al. 2020, algorithm 1; paper §4.2). */
import type { Tensor } from '../engine/backend.ts';
import { fullGradientDescent } from '../engine/full-gradient.ts';
import { lookUp } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomCrop, randomFlip } from '../engine/images.ts';
import type { ProximalSettings } from '../engine/proximal.ts';
import { inShards } from '../engine/shards.ts';
import type { Experiment } from '../config/schema.ts';
import type { FedProxSettings } from '../federation/strategies/fedprox.ts';
import type { FedSgdSettings } from '../federation/strategies/fedsgd.ts';
import { forwardFactors, type DiffusionSettings } from './diffusion.ts';
import { Training } from './training.ts';
import { unet } from './unet.ts';
import { unetParameters, type UNetSettings } from './unet-parameters.ts';

export interface TrainerSettings {
  readonly model: UNetSettings;
  readonly diffusion: DiffusionSettings;
  readonly training: Pick<Experiment['training'], 'batchSize' | 'flip' | 'crop' | 'clipNorm' | 'precision'>;
  /** Side of the square images. */
  readonly imageSize: number;
  /** What the federation's strategy makes of local training; absent: Adam on the loss alone. */
  readonly strategy?: LocalStrategy;
}

/** FedProx holds the weights near the global ones; FedSGD takes one step with the gradient of all images. */
export type LocalStrategy = (FedProxSettings & ProximalSettings) | FedSgdSettings;

/** The loss is the mean squared error of the predicted noise. */
export class DiffusionTrainer extends Training {
  readonly #imageSize: number;

  constructor({ model, diffusion, training, imageSize, strategy }: TrainerSettings) {
    const { batchSize, flip, crop, clipNorm, precision } = training;
    const forward = forwardFactors(diffusion);
    super({
      parameters: unetParameters(model),
      data: new Map([['images', imageVariable(imageSize)]]),
      batchSize,
      precision,
      ...(strategy?.kind === 'fedsgd' ? { optimizer: fullGradientDescent(clipNorm) } : { clipNorm }),
      ...(strategy?.kind === 'fedprox' && { proximal: strategy }),
      losses: (indices, random, trace) => {
        const originals = gatherImages(trace, 'images', indices, imageSize);
        const cropped = crop > 0 ? randomCrop(trace, originals, random, crop) : originals;
        const images = flip ? randomFlip(cropped, random) : cropped;
        const time = random.integers([batchSize], diffusion.steps);
        const noise = random.normal(images.shape);
        const perImage = (factors: Float32Array) =>
          lookUp(trace, factors, time).reshape([batchSize, 1, 1, 1]);
        const noisy = images.mul(perImage(forward.signal)).add(noise.mul(perImage(forward.noise)));
        return (p) =>
          inShards([noisy, time.cast<Tensor>('float32'), noise], ([x, t, wanted]) =>
            unet(x, t, p, model, trace).sub(wanted).square().mean([1, 2, 3]),
          );
      },
    });
    this.#imageSize = imageSize;
  }

  /** Training images, uint8 [count, size, size, 3]; `step` addresses them by index. */
  setImages(images: Uint8Array): void {
    const size = this.#imageSize;
    this.setData('images', [images.length / (size * size * 3), size, size, 3], images);
  }
}
