/** What trains each kind of network, and what draws images from it. */
import type { Experiment } from '../config/schema.ts';
import { DcganGenerator } from './dcgan-generator.ts';
import { DcganTrainer } from './dcgan-trainer.ts';
import { DiffusionSampler } from './sampler.ts';
import { DiffusionTrainer, type TrainerSettings } from './trainer.ts';

/** As in an experiment: a U-Net comes with a diffusion process and a way to sample, a DCGAN without. */
interface Network extends Pick<Experiment, 'model' | 'diffusion'> {
  /** Side of the square images. */
  readonly imageSize: number;
}

export function trainerFor({
  model,
  diffusion,
  imageSize,
  training,
  strategy,
}: Network & Pick<TrainerSettings, 'training' | 'strategy'>): DiffusionTrainer | DcganTrainer {
  switch (model.kind) {
    case 'unet':
      return new DiffusionTrainer({
        model,
        diffusion: diffusion!,
        imageSize,
        training,
        ...(strategy && { strategy }),
      });
    case 'dcgan':
      return new DcganTrainer({ model, training });
  }
}

export function samplerFor({
  model,
  diffusion,
  imageSize,
  sampling,
}: Network & Pick<Experiment, 'sampling'>): DiffusionSampler | DcganGenerator {
  switch (model.kind) {
    case 'unet':
      return new DiffusionSampler({ model, diffusion: diffusion!, imageSize, sampling: sampling! });
    case 'dcgan':
      return new DcganGenerator(model);
  }
}
