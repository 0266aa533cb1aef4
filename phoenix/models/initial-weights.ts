/** Weights before training, drawn from counters without tfjs, so that every machine starts from the same bytes. */
import { mersenne } from 'pure-rand/generator/mersenne';
import { deriveSeed } from '../config/seeds.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

/**
 * PyTorch's default: normalisation weights and running variances 1, biases and running means 0; every other weight and bias uniform within
 * ±1/√(inputs of the layer). Shapes are [..., in, out] for weights, [out] for biases.
 */
export function initialWeights(shapes: Shapes, seed: number): Tensors {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
      const layer = name.slice(0, name.lastIndexOf('.'));
      const weight = shapes.get(`${layer}.weight`)!;
      if (weight.length === 1) data.fill(/\.(weight|running_var)$/.test(name) ? 1 : 0);
      else fillUniform(data, 1 / Math.sqrt(fanIn(weight)), deriveSeed(seed, 'initial weights', name));
      return [name, { shape, data }] as const;
    }),
  );
}

const fanIn = (weight: readonly number[]): number =>
  weight.slice(0, -1).reduce((product, n) => product * n, 1);

function fillUniform(data: Float32Array, bound: number, seed: number): void {
  const generator = mersenne(seed);
  for (let k = 0; k < data.length; k++) {
    // 32 random bits → [−1, 1)
    data[k] = (generator.next() / 2 ** 31) * bound;
  }
}
