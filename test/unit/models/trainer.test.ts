import { expect, test } from 'vitest';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';
import { DiffusionSampler, SAMPLING_BATCH } from '../../../phoenix/models/sampler.ts';
import { DiffusionTrainer, type TrainerSettings } from '../../../phoenix/models/trainer.ts';
import { unetParameters, type UNetSettings } from '../../../phoenix/models/unet-parameters.ts';
import type { Tensors } from '../../../phoenix/storage/safetensors.ts';

const model: UNetSettings = {
  channels: [8, 16],
  layersPerBlock: 1,
  attention: [false, true],
  groups: 4,
  headChannels: null,
  normEpsilon: 1e-6,
  frequencyShift: 1,
  cosineFirst: false,
  downsamplePadding: 0,
};
const diffusion = { steps: 50, schedule: 'cosine', betaStart: 1e-4, betaEnd: 0.02 } as const;
const settings: TrainerSettings = {
  model,
  diffusion,
  training: { batchSize: 4, flip: true, crop: 0, clipNorm: null, precision: 'float32' },
  imageSize: 8,
};
const images = Uint8Array.from({ length: 20 * 8 * 8 * 3 }, (_, k) => (k * 37) % 256);
const start = initialWeights(unetParameters(model), 11);

const bytes = (tensors: Tensors) =>
  new Map([...tensors].map(([name, { data }]) => [name, Buffer.from(data.buffer)]));

function train(from: number, to: number, weights: Tensors, optimizer: Tensors | null, changes = {}) {
  const training = { ...settings.training, ...changes };
  const trainer = new DiffusionTrainer({ ...settings, training });
  trainer.setImages(images);
  trainer.load(weights, optimizer);
  const losses = [];
  for (let step = from; step < to; step++) {
    const indices = Int32Array.from({ length: 4 }, (_, k) => (step * 4 + k) % 20);
    losses.push(trainer.step(indices, [77, step], 1e-3));
  }
  const state = { weights: trainer.weights(), optimizer: trainer.optimizer(), losses };
  trainer.dispose();
  return state;
}

test('training cut in two gives the same bytes as training in one piece', () => {
  const whole = train(0, 6, start, null);
  const half = train(0, 3, start, null);
  const rest = train(3, 6, half.weights, half.optimizer);
  expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
  expect(bytes(rest.weights)).toEqual(bytes(whole.weights));
  expect(bytes(rest.optimizer)).toEqual(bytes(whole.optimizer));
});

test('training moves every parameter that can move and lowers the loss', () => {
  const { weights, losses } = train(0, 60, start, null);
  const moved = [...weights].filter(([name, { data }]) =>
    data.some((value, k) => value !== start.get(name)!.data[k]),
  );
  expect(moved.length).toBeGreaterThan(weights.size - 3);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(losses.slice(-10))).toBeLessThan(0.9 * mean(losses.slice(0, 10)));
});

test('crops change the images, and clipping the update alone', () => {
  const plain = train(0, 1, start, null);
  expect(train(0, 1, start, null, { crop: 2 }).losses).not.toEqual(plain.losses);
  const clipped = train(0, 1, start, null, { clipNorm: 1e-6 });
  expect(clipped.losses).toEqual(plain.losses);
  expect(bytes(clipped.weights)).not.toEqual(bytes(plain.weights));
});

test.each([
  { method: 'ddim', steps: 5, spacing: 'leading', eta: 0, clip: true },
  { method: 'ddim', steps: 5, spacing: 'trailing', eta: 1, clip: false },
  { method: 'ancestral', steps: null, variance: 'fixedSmall', clip: true },
] as const)(
  'samples ($method) depend on weights and seed alone, not on how many follow',
  async (sampling) => {
    const sampler = new DiffusionSampler({ model, diffusion, sampling, imageSize: 8 });
    sampler.load(start);
    const pixels = 8 * 8 * 3;
    const many = await sampler.sample(SAMPLING_BATCH + 3, 5);
    expect(many.length).toBe((SAMPLING_BATCH + 3) * pixels);
    const few = await sampler.sample(2, 5);
    expect(few).toEqual(many.subarray(0, 2 * pixels));
    expect(await sampler.sample(2, 6)).not.toEqual(few);
    sampler.dispose();
  },
);

test('in mixed precision training learns alike, with other bytes, and repeats itself', () => {
  const whole = train(0, 60, start, null);
  const mixed = train(0, 60, start, null, { precision: 'bfloat16' });
  expect(bytes(mixed.weights)).not.toEqual(bytes(whole.weights));
  mixed.losses.forEach((loss, step) => expect(Math.abs(loss / whole.losses[step]! - 1)).toBeLessThan(0.05));
  expect(bytes(train(0, 60, start, null, { precision: 'bfloat16' }).weights)).toEqual(bytes(mixed.weights));
});
