/**
 * The DCGAN's layers, parameters and initial weights, without tfjs (Radford et al. 2016; paper §4.1). Names are
 * `generator.` or `discriminator.` and then those of the state dict of PyTorch's `Sequential`, in which activations
 * count as layers, without `num_batches_tracked`. Kernels are in TensorFlow's layout: the discriminator's convolutions
 * [height, width, in, out], the generator's transposed ones [height, width, out, in].
 */
import { mersenne } from 'pure-rand/generator/mersenne';
import type { Experiments } from '../config/schema.ts';
import { deriveSeed } from '../config/seeds.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

/** Side of the images, which the number of layers fixes. */
export const DCGAN_IMAGE_SIZE = 32;

export type DcganSettings = Experiments['dcgan']['model'];

export interface DcganLayer {
  readonly convolution: string;
  /** The batch normalisation after it. */
  readonly norm: string | null;
  /** Side of the kernel. */
  readonly size: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** From one pixel of noise over 4×4, 8×8 and 16×16 to 32×32, then a 1×1 convolution to colours. */
export function generatorLayers({ latents, generatorChannels: channels }: DcganSettings): DcganLayer[] {
  const widths = [latents, 8 * channels, 4 * channels, 2 * channels, channels];
  const hidden = [0, 1, 2, 3].map((k) => ({
    convolution: `generator.${3 * k}`,
    norm: `generator.${3 * k + 1}`,
    size: 4,
    inputs: widths[k]!,
    outputs: widths[k + 1]!,
  }));
  return [...hidden, { convolution: 'generator.12', norm: null, size: 1, inputs: channels, outputs: 3 }];
}

/** From 32×32 over 16×16, 8×8 and 4×4 to 2×2, then one number. The first layer is not normalised. */
export function discriminatorLayers({ discriminatorChannels: channels }: DcganSettings): DcganLayer[] {
  const widths = [3, channels, 2 * channels, 4 * channels, 8 * channels];
  const hidden = [0, 1, 2, 3].map((k) => ({
    convolution: `discriminator.${k === 0 ? 0 : 3 * k - 1}`,
    norm: k === 0 ? null : `discriminator.${3 * k}`,
    size: 4,
    inputs: widths[k]!,
    outputs: widths[k + 1]!,
  }));
  const inputs = 8 * channels;
  return [...hidden, { convolution: 'discriminator.11', norm: null, size: 2, inputs, outputs: 1 }];
}

export interface NetworkShapes {
  /** What its optimiser trains. */
  readonly weights: Shapes;
  /** Running statistics of batch normalisation. */
  readonly statistics: Shapes;
}

/** Name → shape of both networks' variables. */
export function dcganParameters(
  settings: DcganSettings,
): Record<'generator' | 'discriminator', NetworkShapes> {
  const transposed = ({ size, inputs, outputs }: DcganLayer) => [size, size, outputs, inputs];
  const plain = ({ size, inputs, outputs }: DcganLayer) => [size, size, inputs, outputs];
  return {
    generator: shapesOf(generatorLayers(settings), transposed),
    discriminator: shapesOf(discriminatorLayers(settings), plain),
  };
}

/** The same, weights and statistics of both networks together. */
export function dcganShapes(settings: DcganSettings): Shapes {
  const { generator, discriminator } = dcganParameters(settings);
  return new Map(
    [generator, discriminator].flatMap(({ weights, statistics }) => [...weights, ...statistics]),
  );
}

/**
 * Radford et al.'s, not PyTorch's defaults: kernels from N(0, 0.02²), weights of batch normalisation from N(1, 0.02²)
 * and its biases 0. Running means start at 0 and variances at 1.
 */
export function dcganInitialWeights(settings: DcganSettings, seed: number): Tensors {
  return new Map(
    [...dcganShapes(settings)].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
      const mean = shape.length === 1 ? 1 : 0;
      if (name.endsWith('.weight')) fillNormal(data, mean, 0.02, deriveSeed(seed, 'initial weights', name));
      else if (name.endsWith('.running_var')) data.fill(1);
      return [name, { shape, data }] as const;
    }),
  );
}

function shapesOf(
  layers: readonly DcganLayer[],
  kernel: (layer: DcganLayer) => readonly number[],
): NetworkShapes {
  const weights = new Map<string, readonly number[]>();
  const statistics = new Map<string, readonly number[]>();
  for (const layer of layers) {
    const { convolution, norm, outputs } = layer;
    weights.set(`${convolution}.weight`, kernel(layer));
    if (norm === null) continue;
    weights.set(`${norm}.weight`, [outputs]).set(`${norm}.bias`, [outputs]);
    statistics.set(`${norm}.running_mean`, [outputs]).set(`${norm}.running_var`, [outputs]);
  }
  return { weights, statistics };
}

/** Box and Muller (1958): each number from two uniform ones. */
function fillNormal(data: Float32Array, mean: number, deviation: number, seed: number): void {
  const generator = mersenne(seed);
  // 32 random bits → (0, 1)
  const uniform = () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
  for (let k = 0; k < data.length; k++) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    data[k] = mean + deviation * radius * Math.cos(2 * Math.PI * uniform());
  }
}
