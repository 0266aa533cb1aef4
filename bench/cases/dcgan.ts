/** A training step of the DCGAN on random images. */
import { dcganInitialWeights, DCGAN_IMAGE_SIZE, PAPER_DCGAN } from '../../phoenix/models/dcgan-parameters.ts';
import { DcganTrainer } from '../../phoenix/models/dcgan-trainer.ts';
import type { Setting } from '../benchmarks.ts';
import { timed, type Measured } from './measured.ts';
import { randomImages, SEED } from './networks.ts';

const LEARNING_RATE = 2e-4;

export function prepare({ batch }: Setting): Measured {
  const batchSize = batch!;
  const count = 16 * batchSize;
  const training = { batchSize, flip: false };
  const trainer = new DcganTrainer({ model: PAPER_DCGAN, training });
  trainer.setImages(randomImages(count, DCGAN_IMAGE_SIZE));
  trainer.load(dcganInitialWeights(PAPER_DCGAN, SEED), null);
  let done = 0;
  const step = () => {
    const indices = Int32Array.from({ length: batchSize }, (_, k) => (done * batchSize + k) % count);
    return trainer.step(indices, [SEED, done++], LEARNING_RATE);
  };
  return { run: () => timed(step) };
}
