import { expect, test } from 'vitest';
import { experimentSchemas } from '../../../phoenix/config/schema.ts';
import { DcganGenerator, GENERATION_BATCH } from '../../../phoenix/models/dcgan-generator.ts';
import {
  dcganInitialWeights,
  dcganParameters,
  type NetworkShapes,
} from '../../../phoenix/models/dcgan-parameters.ts';
import { DcganTrainer } from '../../../phoenix/models/dcgan-trainer.ts';
import type { Tensors } from '../../../phoenix/storage/safetensors.ts';

const model = { kind: 'dcgan', latents: 8, generatorChannels: 2, discriminatorChannels: 3 } as const;
const PIXELS = 32 * 32 * 3;
const images = Uint8Array.from({ length: 20 * PIXELS }, (_, k) => (k * 37) % 256);
const start = dcganInitialWeights(model, 11);

const bytes = (tensors: Tensors) =>
  new Map([...tensors].map(([name, { data }]) => [name, Buffer.from(data.buffer)]));

function train(
  from: number,
  to: number,
  weights: Tensors,
  optimizer: Tensors | null,
  { flip = true, seed = 77, learningRate = 2e-4 } = {},
) {
  const trainer = new DcganTrainer({ model, training: { batchSize: 4, flip } });
  trainer.setImages(images);
  trainer.load(weights, optimizer);
  const losses = [];
  for (let step = from; step < to; step++) {
    const indices = Int32Array.from({ length: 4 }, (_, k) => (step * 4 + k) % 20);
    losses.push(trainer.step(indices, [seed, step], learningRate));
  }
  const state = { weights: trainer.weights(), optimizer: trainer.optimizer(), losses };
  trainer.dispose();
  return state;
}

test('the networks have the 3,573,824 and 2,759,424 parameters of the paper’s baseline', () => {
  const count = ({ weights }: NetworkShapes) =>
    [...weights.values()].reduce((sum, shape) => sum + shape.reduce((product, n) => product * n, 1), 0);
  const { model: paper } = experimentSchemas.dcgan.parse({ name: 'paper', model: { kind: 'dcgan' } });
  const { generator, discriminator } = dcganParameters(paper);
  expect([count(generator), count(discriminator)]).toEqual([3_573_824, 2_759_424]);
});

test('initial weights are normal with deviation 0.02, norms near the identity, and the seed decides', () => {
  const weights = dcganInitialWeights({ ...model, generatorChannels: 16 }, 1);
  const moments = (name: string) => {
    const data = weights.get(name)!.data as Float32Array;
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const square = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
    return { mean, deviation: Math.sqrt(square), n: data.length };
  };
  const kernel = moments('generator.3.weight');
  expect(kernel.n).toBe(4 * 4 * 64 * 128);
  // Five standard errors.
  expect(Math.abs(kernel.mean)).toBeLessThan((5 * 0.02) / Math.sqrt(kernel.n));
  expect(Math.abs(kernel.deviation / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * kernel.n));
  const norm = moments('generator.1.weight');
  expect(Math.abs(norm.mean - 1)).toBeLessThan((5 * 0.02) / Math.sqrt(norm.n));
  expect(Math.abs(norm.deviation / 0.02 - 1)).toBeLessThan(5 / Math.sqrt(2 * norm.n));
  expect(new Set(weights.get('generator.1.bias')!.data)).toEqual(new Set([0]));
  expect(new Set(weights.get('generator.1.running_mean')!.data)).toEqual(new Set([0]));
  expect(new Set(weights.get('generator.1.running_var')!.data)).toEqual(new Set([1]));
  expect(dcganInitialWeights(model, 11)).toEqual(start);
  expect(dcganInitialWeights(model, 12)).not.toEqual(start);
});

test('training that is interrupted, stored and resumed ends with the same bytes', () => {
  const straight = train(0, 6, start, null);
  const first = train(0, 3, start, null);
  const resumed = train(3, 6, first.weights, first.optimizer);
  expect(bytes(resumed.weights)).toEqual(bytes(straight.weights));
  expect(bytes(resumed.optimizer)).toEqual(bytes(straight.optimizer));
  expect([...first.losses, ...resumed.losses]).toEqual(straight.losses);
});

test('a step moves every variable, by the noise of its seed and the flips it is asked for', () => {
  const { weights, optimizer, losses } = train(0, 1, start, null);
  for (const [name, { data }] of weights) {
    expect(Buffer.from(data.buffer).equals(Buffer.from(start.get(name)!.data.buffer)), name).toBe(false);
  }
  const power = optimizer.get('adam/generator/beta1_power')!.data[0]!;
  expect(power).toBe(0.25);
  expect(train(0, 1, start, null, { seed: 78 }).losses).not.toEqual(losses);
  expect(train(0, 1, start, null, { flip: false }).losses).not.toEqual(losses);
});

test('the discriminator learns to tell generated images: the generator’s loss against it rises', () => {
  const { losses } = train(0, 60, start, null, { learningRate: 1e-3 });
  const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
  expect(mean(losses.slice(-10))).toBeGreaterThan(2 * mean(losses.slice(0, 10)));
});

test('samples depend on weights and seed alone, not on how many follow', async () => {
  const generator = new DcganGenerator(model);
  // Kernels ten times as large: untrained ones give grey images.
  generator.load(
    new Map(
      [...start].map(([name, { shape, data }]) => {
        const factor = shape.length === 4 ? 10 : 1;
        return [name, { shape, data: Float32Array.from(data, (value) => value * factor) }] as const;
      }),
    ),
  );
  const done: number[] = [];
  const many = await generator.sample(GENERATION_BATCH + 3, 5, (count) => void done.push(count));
  const few = await generator.sample(2, 5);
  const other = await generator.sample(2, 6);
  generator.dispose();
  expect(done).toEqual([GENERATION_BATCH, GENERATION_BATCH + 3]);
  expect(many.length).toBe((GENERATION_BATCH + 3) * PIXELS);
  expect(many.subarray(0, 2 * PIXELS)).toEqual(few);
  expect(few).not.toEqual(other);
  expect(few.subarray(0, PIXELS)).not.toEqual(few.subarray(PIXELS));
  const tail = many.subarray(GENERATION_BATCH * PIXELS, (GENERATION_BATCH + 1) * PIXELS);
  expect(tail).not.toEqual(few.subarray(0, PIXELS));
});
