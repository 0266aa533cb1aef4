import { afterAll, expect, test } from 'vitest';
import { initialWeights } from '../../../phoenix/models/initial-weights.ts';
import { DiffusionSampler, SAMPLING_BATCH } from '../../../phoenix/models/sampler.ts';
import { DiffusionTrainer, type TrainerSettings } from '../../../phoenix/models/trainer.ts';
import { unetParameters, type UNetSettings } from '../../../phoenix/models/unet-parameters.ts';
import type { Tensors } from '../../../phoenix/storage/safetensors.ts';

const model: UNetSettings = {
  kind: 'unet',
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

/** Compiled once for all tests: that takes seconds, and what a trainer computes depends on what it has loaded alone. */
const trainers = new Map<string, DiffusionTrainer>();

function trainerOf(changes: Partial<TrainerSettings> = {}): DiffusionTrainer {
  const key = JSON.stringify(changes);
  const trainer = trainers.get(key) ?? new DiffusionTrainer({ ...settings, ...changes });
  trainers.set(key, trainer);
  return trainer;
}

afterAll(() => trainers.forEach((trainer) => trainer.dispose()));

type TrainingChanges = Partial<TrainerSettings['training']>;

const train = (
  from: number,
  to: number,
  weights: Tensors,
  optimizer: Tensors | null,
  changes: TrainingChanges = {},
) => trainWith(trainerOf({ training: { ...settings.training, ...changes } }), from, to, weights, optimizer);

function trainWith(
  trainer: DiffusionTrainer,
  from: number,
  to: number,
  weights: Tensors,
  optimizer: Tensors | null,
) {
  trainer.setImages(images);
  trainer.load(weights, optimizer);
  const losses = [];
  for (let step = from; step < to; step++) {
    const indices = Int32Array.from({ length: 4 }, (_, k) => (step * 4 + k) % 20);
    losses.push(trainer.step(indices, [77, step], 1e-3));
  }
  return { weights: trainer.weights(), optimizer: trainer.optimizer(), losses };
}

test('training cut in two gives the same bytes as training in one piece', () => {
  const whole = train(0, 6, start, null);
  const half = train(0, 3, start, null);
  const other = new DiffusionTrainer(settings);
  const rest = trainWith(other, 3, 6, half.weights, half.optimizer);
  other.dispose();
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

/** The state after one step on images 0 … 3 from `start`, of which Adam's first moment is a tenth of the gradient. */
function oneStep(strategy: TrainerSettings['strategy'], global: Tensors | null) {
  const trainer = trainerOf(strategy && { strategy });
  trainer.setImages(images);
  trainer.load(start, null);
  if (global) trainer.setGlobal(global);
  const loss = trainer.step(Int32Array.of(0, 1, 2, 3), [77, 0], 1e-3);
  return { loss, weights: trainer.weights(), optimizer: trainer.optimizer() };
}

test('a step of FedProx is the one computed by hand: μ·(w − w_g) more gradient for what is averaged', () => {
  const isPersonal = (name: string) => name.startsWith('up_blocks.1.');
  const averaged = [...start].filter(([name]) => !isPersonal(name));
  const global = new Map(
    [...initialWeights(unetParameters(model), 12)].filter(([name]) => !isPersonal(name)),
  );
  const mu = 0.7;
  const plain = oneStep(undefined, null);
  const held = oneStep({ kind: 'fedprox', mu, parameters: averaged.map(([name]) => name) }, global);

  let squares = 0;
  for (const [name, { data }] of start) {
    const moment = plain.optimizer.get(`adam/m/${name}`)!.data;
    const heldMoment = held.optimizer.get(`adam/m/${name}`)!.data;
    const want = data.map((weight, k) => {
      const away = isPersonal(name) ? 0 : weight - global.get(name)!.data[k]!;
      squares += away ** 2;
      return 10 * moment[k]! + mu * away;
    });
    want.forEach((gradient, k) => expect(10 * heldMoment[k]!).toBeCloseTo(gradient, 5));
    // Adam's first step, by hand: the rate times g / (|g| + ε).
    held.weights.get(name)!.data.forEach((weight, k) => {
      const gradient = 10 * heldMoment[k]!;
      expect(weight).toBeCloseTo(data[k]! - (1e-3 * gradient) / (Math.abs(gradient) + 1e-8), 6);
    });
    if (isPersonal(name)) expect(heldMoment).toEqual(moment);
  }
  expect(squares).toBeGreaterThan(1);
  expect(held.loss / (plain.loss + (mu / 2) * squares)).toBeCloseTo(1, 5);
});

test('a pass of FedSGD adds up the batches’ gradients by their shares, and ends with one plain step', () => {
  const whole = fullGradient(0, 20);
  const trainer = trainerOf();
  trainer.setImages(images);
  const batches = [0, 1, 2, 3, 4].map((step) => {
    trainer.load(start, null);
    trainer.step(
      Int32Array.from({ length: 4 }, (_, k) => step * 4 + k),
      [77, step],
      1e-3,
    );
    return trainer.optimizer();
  });
  for (const [name, { data }] of start) {
    const mean = whole.optimizer.get(`mean/${name}`)!.data;
    data.forEach((weight, k) => {
      const gradients = batches.map((moments) => 10 * moments.get(`adam/m/${name}`)!.data[k]!);
      const gradient = gradients.reduce((sum, each) => sum + each, 0) / gradients.length;
      expect(mean[k]).toBeCloseTo(gradient, 5);
      expect(whole.weights.get(name)!.data[k]).toBeCloseTo(weight - 0.1 * mean[k]!, 6);
    });
  }
});

test('what fills up the last batch of a pass does not count', () => {
  // 14 images, of which the last batch has two; the graph fills it up with image 0.
  const others = images.map((value, k) => (k < 8 * 8 * 3 ? 255 - value : value));
  expect(bytes(fullGradient(4, 18, others).optimizer)).toEqual(bytes(fullGradient(4, 18).optimizer));
});

/** FedSGD on the images `from` … `to` − 1. */
function fullGradient(from: number, to: number, of = images) {
  const trainer = trainerOf({ strategy: { kind: 'fedsgd' } });
  trainer.setImages(of);
  trainer.load(start, null);
  for (let at = from; at < to; at += 4) {
    const batch = Int32Array.from({ length: Math.min(4, to - at) }, (_, k) => at + k);
    trainer.step(batch, [77, at / 4], batch.length / (to - from));
  }
  trainer.finish(0.1);
  return { weights: trainer.weights(), optimizer: trainer.optimizer() };
}
