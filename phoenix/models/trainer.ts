/** Trains the U-Net to predict noise (Ho et al. 2020, algorithm 1; paper §4.2). */
import { lookUp } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomFlip } from '../engine/images.ts';
import type { Experiment } from '../config/schema.ts';
import { noiseSchedule, signalShares } from './diffusion.ts';
import { Training } from './training.ts';
import { unet } from './unet.ts';
import { unetParameters } from './unet-parameters.ts';

export interface TrainerSettings {
  readonly model: Experiment['model'];
  readonly diffusion: Experiment['diffusion'];
  readonly training: Pick<Experiment['training'], 'learningRate' | 'batchSize' | 'flip'>;
  /** Side of the square images. */
  readonly imageSize: number;
}

/** The loss is the mean squared error of the predicted noise. */
export class DiffusionTrainer extends Training {
  readonly #imageSize: number;

  constructor({ model, diffusion, training, imageSize }: TrainerSettings) {
    const { batchSize, learningRate, flip } = training;
    const shares = signalShares(noiseSchedule(diffusion));
    super({
      parameters: unetParameters(model),
      data: new Map([['images', imageVariable(imageSize)]]),
      batchSize,
      learningRate,
      loss: (indices, random, trace) => {
        const originals = gatherImages(trace, 'images', indices, imageSize);
        const images = flip ? randomFlip(originals, random) : originals;
        const time = random.integers([batchSize], diffusion.steps);
        const noise = random.normal(images.shape);
        const perImage = (f: (share: number) => number) =>
          lookUp(trace, Float32Array.from(shares, f), time).reshape([batchSize, 1, 1, 1]);
        const signal = images.mul(perImage(Math.sqrt));
        const noisy = signal.add(noise.mul(perImage((share) => Math.sqrt(1 - share))));
        return (p) => unet(noisy, time.cast('float32'), p, model).sub(noise).square().mean().asScalar();
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
