/** A training step of the U-Net on random images. */
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { DiffusionTrainer } from '../../phoenix/models/trainer.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import type { Setting } from '../benchmark.ts';
import { timed, type Measured } from './measured.ts';
import { diffusion, IMAGE_SIZE, network, randomImages, SEED, training } from './networks.ts';

export function prepare({ model, batch }: Setting): Measured {
  const step = trainingSteps(network(model!), batch!, IMAGE_SIZE).step;
  return { run: () => timed(step) };
}

/** A trainer that is ready, and its next step. Images are neither mirrored nor cropped: the peer does not either. */
export function trainingSteps(model: ReturnType<typeof network>, batchSize: number, imageSize: number) {
  const count = 16 * batchSize;
  const plain = { ...training, batchSize, flip: false, crop: 0, clipNorm: null };
  const trainer = new DiffusionTrainer({ model, diffusion, training: plain, imageSize });
  trainer.setImages(randomImages(count, imageSize));
  trainer.load(initialWeights(unetParameters(model), SEED), null);
  let done = 0;
  const step = () => {
    const indices = Int32Array.from({ length: batchSize }, (_, k) => (done * batchSize + k) % count);
    return trainer.step(indices, [SEED, done++], training.learningRate);
  };
  return { trainer, step };
}
