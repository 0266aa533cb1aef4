/** Draws images from a trained U-Net: each reverse step is one call of a compiled graph that keeps the batch. */
import { compile, type Program } from '../engine/compile.ts';
import { tf, type Tensor } from '../engine/backend.ts';
import { toPixels } from '../engine/images.ts';
import { Random } from '../engine/random.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Experiment } from '../config/schema.ts';
import { reverseSteps } from './diffusion.ts';
import { floatVariables } from './trainer.ts';
import { unet } from './unet.ts';
import { unetParameters } from './unet-parameters.ts';

/**
 * Images drawn at once. Noise is drawn per batch, so this number is part of the result: changing it asks for a new
 * version of the steps that sample.
 */
export const SAMPLING_BATCH = 64;

type Six = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

export interface SamplerSettings {
  readonly model: Experiment['model'];
  readonly diffusion: Experiment['diffusion'];
  readonly sampling: Experiment['sampling'];
  /** Side of the square images. */
  readonly imageSize: number;
}

export class DiffusionSampler {
  readonly #program: Program;
  readonly #settings: SamplerSettings;

  constructor(settings: SamplerSettings) {
    this.#settings = settings;
    this.#program = compileSampling(settings);
  }

  load(weights: Tensors): void {
    this.#program.set(weights);
  }

  /**
   * @param count number of images
   * @param stream seed of this set of samples; noise is drawn from (stream, batch and step)
   * @param onBatch called after each batch with the number of images so far
   * @returns uint8 [count, size, size, 3]
   */
  async sample(
    count: number,
    stream: number,
    onBatch?: (done: number) => void | Promise<void>,
  ): Promise<Uint8Array> {
    const { imageSize, diffusion, sampling } = this.#settings;
    const pixels = imageSize * imageSize * 3;
    const images = new Uint8Array(count * pixels);
    const steps = reverseSteps(diffusion, sampling);
    for (let start = 0, position = 0; start < count; start += SAMPLING_BATCH) {
      const seed = () => Int32Array.of(stream, position++);
      this.#program.run('start', { seed: seed() });
      for (const { timestep, signal, image, current, noise, deviation } of steps) {
        const coefficients = Float32Array.of(
          Math.sqrt(signal),
          Math.sqrt(1 - signal),
          image,
          current,
          noise,
          deviation,
        );
        this.#program.run('step', { time: Float32Array.of(timestep), coefficients, seed: seed() });
      }
      const batch = Uint8Array.from(this.#program.run('finish', {}).pixels!);
      const wanted = Math.min(SAMPLING_BATCH, count - start);
      images.set(batch.subarray(0, wanted * pixels), start * pixels);
      await onBatch?.(start + wanted);
    }
    return images;
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileSampling({ model, imageSize }: SamplerSettings): Program {
  const parameters = floatVariables(unetParameters(model));
  const shape = [SAMPLING_BATCH, imageSize, imageSize, 3];
  const seedInput = { seed: { shape: [2], dtype: 'int32' } } as const;
  const done = () => ({ done: tf.scalar(1) });
  return compile({
    variables: new Map([...parameters, ['batch', { shape, dtype: 'float32' }]]),
    functions: {
      start: {
        inputs: seedInput,
        body: ({ seed }, trace) => {
          trace.assign('batch', new Random(trace, seed!).normal(shape));
          return done();
        },
      },
      step: {
        inputs: {
          time: { shape: [1], dtype: 'float32' },
          /** √ᾱ, √(1−ᾱ), then the factors of a `ReverseStep` */
          coefficients: { shape: [6], dtype: 'float32' },
          ...seedInput,
        },
        body: ({ time, coefficients, seed }, trace) => {
          const [signal, sigma, image, current, noise, deviation] = tf.split(coefficients!, 6) as [
            T,
            T,
            T,
            T,
            T,
            T,
          ];
          const x = trace.read('batch');
          const predicted = unet(x, time!.tile([SAMPLING_BATCH]), (name) => trace.read(name), model);
          const clean = tf.clipByValue(x.sub(predicted.mul(sigma)).div(signal), -1, 1);
          const fresh = new Random(trace, seed!).normal(shape).mul(deviation);
          trace.assign('batch', clean.mul(image).add(x.mul(current)).add(predicted.mul(noise)).add(fresh));
          return done();
        },
      },
      finish: { inputs: {}, body: (_, trace) => ({ pixels: toPixels(trace.read('batch')) }) },
    },
  });
}
