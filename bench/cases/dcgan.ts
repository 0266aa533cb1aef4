/** A training step of the DCGAN on random images. */
import { experimentSchemas } from '../../phoenix/config/schema.ts';
import { dcganInitialWeights, DCGAN_IMAGE_SIZE } from '../../phoenix/models/dcgan-parameters.ts';
import { DcganTrainer } from '../../phoenix/models/dcgan-trainer.ts';
import type { Setting } from '../benchmark.ts';
import { timed, type Measured } from './measured.ts';
import { randomImages, SEED } from './networks.ts';

const { model, training } = experimentSchemas.dcgan.parse({ name: 'bench', model: { kind: 'dcgan' } });

export function prepare({ batch }: Setting): Measured {
  const batchSize = batch!;
  const count = 16 * batchSize;
  const trainer = new DcganTrainer({ model, training: { batchSize, flip: false } });
  trainer.setImages(randomImages(count, DCGAN_IMAGE_SIZE));
  trainer.load(dcganInitialWeights(model, SEED), null);
  let done = 0;
  const step = () => {
    const indices = Int32Array.from({ length: batchSize }, (_, k) => (done * batchSize + k) % count);
    return trainer.step(indices, [SEED, done++], training.learningRate);
  };
  return { run: () => timed(step) };
}
