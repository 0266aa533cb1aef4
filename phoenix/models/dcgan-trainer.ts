/** Trains the DCGAN on images: the step of `dcgan-step.ts` in one compiled graph, with the data it picks batches from. */
import { compile, type Program } from '../engine/compile.ts';
import { gatherImages, imageVariable, randomFlip } from '../engine/images.ts';
import { Random, type Seed } from '../engine/random.ts';
import type { Experiment } from '../config/schema.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { DCGAN_IMAGE_SIZE, type DcganSettings } from './dcgan-parameters.ts';
import { dcganOptimizerStart, dcganStep, dcganVariables } from './dcgan-step.ts';

export interface DcganTrainerSettings {
  readonly model: DcganSettings;
  readonly training: Pick<Experiment['training'], 'batchSize' | 'flip'>;
}

export class DcganTrainer {
  readonly #program: Program;
  readonly #model: DcganSettings;

  constructor(settings: DcganTrainerSettings) {
    this.#model = settings.model;
    this.#program = compileTraining(settings);
  }

  /** Weights and running statistics to start from, and the optimisers' state (null: before their first step). */
  load(weights: Tensors, optimizer: Tensors | null): void {
    this.#program.set(new Map([...weights, ...(optimizer ?? [])]));
    if (!optimizer) this.#program.fill(dcganOptimizerStart(this.#model));
  }

  /** Training images, uint8 [count, 32, 32, 3]; `step` addresses them by index. */
  setImages(images: Uint8Array): void {
    const size = DCGAN_IMAGE_SIZE;
    const shape = [images.length / (size * size * 3), size, size, 3];
    this.#program.set(new Map([['images', { shape, data: images }]]));
  }

  /**
   * One step on the images at `indices` (int32 [batchSize]); all randomness comes from `seed`. Returns the generator's
   * loss, its mean binary cross entropy in nats: it is taken through the discriminator that the step has just updated,
   * so it is not finite either once that one has diverged.
   */
  step(indices: Int32Array, seed: Seed, learningRate: number): number {
    const inputs = { indices, seed: Int32Array.from(seed), learningRate: Float32Array.of(learningRate) };
    return this.#program.run('train', inputs).loss![0]!;
  }

  /** Weights and running statistics of both networks. */
  weights(): Tensors {
    return this.#program.get([...dcganVariables(this.#model).networks.keys()]);
  }

  /** Both optimisers' state, exactly. */
  optimizer(): Tensors {
    return this.#program.get([...dcganVariables(this.#model).optimizers.keys()]);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileTraining({ model, training: { batchSize, flip } }: DcganTrainerSettings): Program {
  const { networks, optimizers } = dcganVariables(model);
  return compile({
    variables: new Map([...networks, ...optimizers, ['images', imageVariable(DCGAN_IMAGE_SIZE)]]),
    functions: {
      train: {
        inputs: {
          indices: { shape: [batchSize], dtype: 'int32' },
          seed: { shape: [2], dtype: 'int32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ indices, seed, learningRate }, trace) => {
          const random = new Random(trace, seed!);
          const originals = gatherImages(trace, 'images', indices!, DCGAN_IMAGE_SIZE);
          const images = flip ? randomFlip(originals, random) : originals;
          const noise = random.normal([batchSize, model.latents]);
          return { loss: dcganStep({ images, noise }, learningRate!, model, trace).generator };
        },
      },
    },
  });
}
