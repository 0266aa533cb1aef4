/** One batch of images drawn with 50 DDIM steps, η = 0. */
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { DiffusionSampler } from '../../phoenix/models/sampler.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import type { Setting } from '../benchmark.ts';
import { timedAsync, type Measured } from './measured.ts';
import { diffusion, IMAGE_SIZE, network, SEED } from './networks.ts';

const sampling = { method: 'ddim', steps: 50, spacing: 'leading', eta: 0, clip: true } as const;

export function prepare({ model, batch }: Setting): Measured {
  const settings = network(model!);
  const sampler = new DiffusionSampler({
    model: settings,
    diffusion,
    sampling,
    imageSize: IMAGE_SIZE,
    batchSize: batch!,
  });
  sampler.load(initialWeights(unetParameters(settings), SEED));
  return { run: () => timedAsync(() => sampler.sample(batch!, SEED)) };
}
