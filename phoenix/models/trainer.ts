/** Trains the U-Net to predict noise: one compiled graph holds network, optimiser and images (paper §4.2). */
import { compile, type Program } from '../engine/compile.ts';
import { lookUp } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomFlip } from '../engine/images.ts';
import { adamVariables, applyAdam, gradients, initialAdamState } from '../engine/optimizer.ts';
import { Random, type Seed } from '../engine/random.ts';
import type { TensorSpec } from '../engine/trace.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Experiment } from '../config/schema.ts';
import { noiseSchedule, signalShares } from './diffusion.ts';
import { unet } from './unet.ts';
import { unetParameters } from './unet-parameters.ts';

export interface TrainerSettings {
  readonly model: Experiment['model'];
  readonly diffusion: Experiment['diffusion'];
  readonly training: Pick<Experiment['training'], 'learningRate' | 'batchSize' | 'flip'>;
  /** Side of the square images. */
  readonly imageSize: number;
}

export class DiffusionTrainer {
  readonly #program: Program;
  readonly #parameters: ReadonlyMap<string, TensorSpec>;
  readonly #settings: TrainerSettings;

  constructor(settings: TrainerSettings) {
    this.#settings = settings;
    this.#parameters = floatVariables(unetParameters(settings.model));
    this.#program = compileTraining(settings, this.#parameters);
  }

  /** Training images, uint8 [count, size, size, 3]; `step` addresses them by index. */
  setImages(images: Uint8Array): void {
    const size = this.#settings.imageSize;
    this.#program.set(
      new Map([['images', { shape: [images.length / (size * size * 3), size, size, 3], data: images }]]),
    );
  }

  /** Weights to start from, and the optimiser's state (null: before its first step). */
  load(weights: Tensors, optimizer: Tensors | null): void {
    this.#program.set(weights);
    this.#program.set(optimizer ?? initialAdamState(this.#parameters));
  }

  /**
   * One optimiser step on the images at `indices` (int32 [batchSize]). Timesteps, noise and flips come from `seed`.
   * Returns the loss: mean squared error of the predicted noise.
   */
  step(indices: Int32Array, seed: Seed): number {
    const learningRate = Float32Array.of(this.#settings.training.learningRate);
    return this.#program.run('train', { indices, seed: Int32Array.from(seed), learningRate }).loss![0]!;
  }

  weights(): Tensors {
    return this.#program.get([...this.#parameters.keys()]);
  }

  /** Adam's moments and running powers, exactly. */
  optimizer(): Tensors {
    return this.#program.get([...adamVariables(this.#parameters).keys()]);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

/** Float32 variables for named shapes. */
export function floatVariables(shapes: ReadonlyMap<string, readonly number[]>): Map<string, TensorSpec> {
  return new Map([...shapes].map(([name, shape]) => [name, { shape, dtype: 'float32' }]));
}

function compileTraining(settings: TrainerSettings, parameters: ReadonlyMap<string, TensorSpec>): Program {
  const { model, diffusion, training, imageSize } = settings;
  const batch = training.batchSize;
  const shares = signalShares(noiseSchedule(diffusion));
  return compile({
    variables: new Map([...parameters, ...adamVariables(parameters), ['images', imageVariable(imageSize)]]),
    functions: {
      train: {
        inputs: {
          indices: { shape: [batch], dtype: 'int32' },
          seed: { shape: [2], dtype: 'int32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ indices, seed, learningRate }, trace) => {
          const random = new Random(trace, seed!);
          const originals = gatherImages(trace, 'images', indices!, imageSize);
          const images = training.flip ? randomFlip(originals, random) : originals;
          const time = random.integers([batch], diffusion.steps);
          const noise = random.normal(images.shape);
          const scale = (f: (share: number) => number) =>
            lookUp(trace, Float32Array.from(shares, f), time).reshape([batch, 1, 1, 1]);
          const noisy = images.mul(scale(Math.sqrt)).add(noise.mul(scale((share) => Math.sqrt(1 - share))));
          const weights = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const result = gradients((p) => {
            const predicted = unet(noisy, time.cast('float32'), (name) => p.get(name)!, model);
            return predicted.sub(noise).square().mean().asScalar();
          }, weights);
          applyAdam(trace, result.gradients, learningRate!);
          return { loss: result.loss };
        },
      },
    },
  });
}
