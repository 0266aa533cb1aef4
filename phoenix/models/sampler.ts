/** Draws images from a trained U-Net: each reverse step is one call of a compiled graph that keeps the batch. */
import { compile, type Program } from '../engine/compile.ts';
import { tf, type Tensor } from '../engine/backend.ts';
import { toPixels } from '../engine/images.ts';
import { Random } from '../engine/random.ts';
import { inShards } from '../engine/shards.ts';
import type { TensorSpec } from '../engine/trace.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { isRandom, reverseSteps, type DiffusionSettings, type SamplingSettings } from './diffusion.ts';
import { floatVariables } from './training.ts';
import { unet } from './unet.ts';
import { unetParameters, type UNetSettings } from './unet-parameters.ts';

/**
 * Images drawn at once. Noise is drawn per batch, so this number is part of the result: changing it asks for a new
 * version of the steps that sample.
 */
export const SAMPLING_BATCH = 64;

export interface SamplerSettings {
  readonly model: UNetSettings;
  readonly diffusion: DiffusionSettings;
  readonly sampling: SamplingSettings;
  /** Side of the square images. */
  readonly imageSize: number;
  /** Images drawn at once. */
  readonly batchSize?: number;
}

export class DiffusionSampler {
  readonly #program: Program;
  readonly #settings: Required<SamplerSettings>;

  constructor(settings: SamplerSettings) {
    this.#settings = { batchSize: SAMPLING_BATCH, ...settings };
    this.#program = compileSampling(this.#settings);
  }

  load(weights: Tensors): void {
    this.#program.set(weights);
  }

  /**
   * @param count number of images
   * @param stream seed of this set of samples; noise is drawn from (stream, batch and step)
   * @param onStep called after each reverse step, between two calls of the graph, with the images drawn so far;
   * a batch that is half denoised counts half
   * @returns uint8 [count, size, size, 3]
   */
  async sample(
    count: number,
    stream: number,
    onStep?: (done: number) => void | Promise<void>,
  ): Promise<Uint8Array> {
    const { imageSize, batchSize, diffusion, sampling } = this.#settings;
    const pixels = imageSize * imageSize * 3;
    const images = new Uint8Array(count * pixels);
    const steps = reverseSteps(diffusion, sampling);
    for (let start = 0, position = 0; start < count; start += batchSize) {
      const seed = () => Int32Array.of(stream, position++);
      const wanted = Math.min(batchSize, count - start);
      this.#program.run('start', { seed: seed() });
      for (const [k, { timestep, signal, image, current, noise, deviation }] of steps.entries()) {
        const factors = {
          root: Math.sqrt(signal),
          rest: Math.sqrt(1 - signal),
          image,
          current,
          noise,
          deviation,
        };
        this.#program.run('step', { ...scalars({ time: timestep, ...factors }), seed: seed() });
        await onStep?.(start + Math.floor((wanted * (k + 1)) / steps.length));
      }
      const batch = Uint8Array.from(this.#program.run('finish', {}).pixels!);
      images.set(batch.subarray(0, wanted * pixels), start * pixels);
    }
    return images;
  }

  dispose(): void {
    this.#program.dispose();
  }
}

const scalar: TensorSpec = { shape: [], dtype: 'float32' };

const scalars = (values: Record<string, number>): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]));

function compileSampling({ model, sampling, imageSize, batchSize }: Required<SamplerSettings>): Program {
  const parameters = floatVariables(unetParameters(model));
  const shape = [batchSize, imageSize, imageSize, 3];
  const seedInput = { seed: { shape: [2], dtype: 'int32' } } as const;
  const factors = ['time', 'root', 'rest', 'image', 'current', 'noise'];
  const factorInputs = Object.fromEntries(factors.map((name) => [name, scalar]));
  const noiseInputs = isRandom(sampling) ? { deviation: scalar, ...seedInput } : {};
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
        // root √ᾱ, rest √(1−ᾱ), then the factors of a `ReverseStep`; noise only where a step draws any
        inputs: { ...factorInputs, ...noiseInputs },
        body: ({ time, root, rest, image, current, noise, deviation, seed }, trace) => {
          const x = trace.read('batch');
          const times = tf.fill([batchSize], 1).mul<Tensor>(time!);
          const predicted = inShards([x, times], ([part, t]) =>
            unet(part, t, (name) => trace.read(name), model, trace),
          );
          const original = x.sub(predicted.mul(rest!)).div(root!);
          const clean = sampling.clip ? tf.clipByValue(original, -1, 1) : original;
          const next = clean.mul(image!).add(x.mul(current!)).add(predicted.mul(noise!));
          const fresh = () => new Random(trace, seed!).normal(shape).mul(deviation!);
          trace.assign('batch', isRandom(sampling) ? next.add(fresh()) : next);
          return done();
        },
      },
      finish: { inputs: {}, body: (_, trace) => ({ pixels: toPixels(trace.read('batch')) }) },
    },
  });
}
