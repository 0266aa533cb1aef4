/** Draws images from a trained DCGAN: one pass of the generator per batch. */
import { inferenceBatchNorm } from '../engine/batch-norm.ts';
import { compile, type Program } from '../engine/compile.ts';
import { toPixels } from '../engine/images.ts';
import { Random } from '../engine/random.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { DCGAN_IMAGE_SIZE, dcganParameters, type DcganSettings } from './dcgan-parameters.ts';
import { generator } from './dcgan.ts';
import { floatVariables } from './training.ts';

/**
 * Images drawn at once. Noise is drawn per batch, so this number is part of the result: changing it asks for a new
 * version of the steps that sample.
 */
export const GENERATION_BATCH = 64;

const PIXELS = DCGAN_IMAGE_SIZE * DCGAN_IMAGE_SIZE * 3;

export class DcganGenerator {
  readonly #program: Program;
  readonly #settings: DcganSettings;

  constructor(settings: DcganSettings) {
    this.#settings = settings;
    this.#program = compileGeneration(settings);
  }

  /** The generator's weights and running statistics; a discriminator among them is left out. */
  load(weights: Tensors): void {
    const names = generatorVariables(this.#settings);
    this.#program.set(new Map([...weights].filter(([name]) => names.has(name))));
  }

  /**
   * @param count number of images
   * @param stream seed of this set of samples; noise is drawn from (stream, batch)
   * @param onStep called after each batch with the number of images drawn so far
   * @returns uint8 [count, 32, 32, 3]
   */
  async sample(
    count: number,
    stream: number,
    onStep?: (done: number) => void | Promise<void>,
  ): Promise<Uint8Array> {
    const images = new Uint8Array(count * PIXELS);
    for (let start = 0, batch = 0; start < count; start += GENERATION_BATCH, batch++) {
      const wanted = Math.min(GENERATION_BATCH, count - start);
      const { pixels } = this.#program.run('generate', { seed: Int32Array.of(stream, batch) });
      images.set(Uint8Array.from(pixels!.subarray(0, wanted * PIXELS)), start * PIXELS);
      await onStep?.(start + wanted);
    }
    return images;
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function generatorVariables(settings: DcganSettings) {
  const { weights, statistics } = dcganParameters(settings).generator;
  return floatVariables(new Map([...weights, ...statistics]));
}

function compileGeneration(settings: DcganSettings): Program {
  return compile({
    variables: generatorVariables(settings),
    functions: {
      generate: {
        inputs: { seed: { shape: [2], dtype: 'int32' } },
        body: ({ seed }, trace) => {
          const noise = new Random(trace, seed!).normal([GENERATION_BATCH, settings.latents]);
          const pass = { p: trace.read.bind(trace), batchNorm: inferenceBatchNorm(trace), trace };
          return { pixels: toPixels(generator(noise, pass, settings)) };
        },
      },
    },
  });
}
