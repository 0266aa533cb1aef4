import { describe, expect, test } from 'vitest';
import { gatherRows } from '../../../phoenix/engine/gather.ts';
import { fullGradientDescent } from '../../../phoenix/engine/full-gradient.ts';
import { emaDecay, type EmaSettings } from '../../../phoenix/engine/ema.ts';
import { sgd } from '../../../phoenix/engine/sgd.ts';
import { Training, type TrainingSpec } from '../../../phoenix/models/training.ts';
import type { Tensors } from '../../../phoenix/storage/safetensors.ts';

type Options = Pick<TrainingSpec, 'optimizer' | 'clipNorm' | 'ema' | 'proximal'>;

const BYTES = [1, 5, 9, 14, 20, 3, 17, 11];

/** Fits a line through bytes: the loss of each is (slope·x + offset − x²)². */
class Line extends Training {
  constructor(options: Options) {
    super({
      parameters: new Map([
        ['slope', [1]],
        ['offset', [1]],
      ]),
      data: new Map([['bytes', { shape: [-1], dtype: 'uint8' }]]),
      batchSize: 4,
      losses: (indices, _, trace) => {
        const x = gatherRows(trace, 'bytes', indices, { shape: [4], dtype: 'float32' }).div(10);
        return (p) => p('slope').mul(x).add(p('offset')).sub(x.square()).square();
      },
      ...options,
    });
    this.setData('bytes', [8], Uint8Array.from(BYTES));
  }
}

const start: Tensors = new Map([
  ['slope', { shape: [1], data: Float32Array.of(0.3) }],
  ['offset', { shape: [1], data: Float32Array.of(-0.2) }],
]);

/** The offset is personal. */
const global: Tensors = new Map([['slope', { shape: [1], data: Float32Array.of(-0.7) }]]);
const proximal = { mu: 0.5, parameters: ['slope'] };

interface State {
  readonly weights: Tensors;
  readonly optimizer: Tensors | null;
}

/** Steps `from` … `to` − 1, and the state after each. */
function train(options: Options, from: number, to: number, { weights, optimizer }: State): State[] {
  const line = new Line(options);
  line.load(weights, optimizer);
  if (options.proximal) line.setGlobal(global);
  const states = Array.from({ length: to - from }, (_, k) => {
    const step = from + k;
    const indices = Int32Array.from({ length: 4 }, (_, row) => (step + 3 * row) % 8);
    line.step(indices, [5, step], 0.1 / (step + 1));
    return { weights: line.weights(), optimizer: line.optimizer() };
  });
  line.dispose();
  return states;
}

const fresh: State = { weights: start, optimizer: null };
const slopes = (states: readonly State[]) => states.map(({ weights }) => weights.get('slope')!.data[0]!);
const ema: EmaSettings = { decay: 0.6, minDecay: 0, updateAfterStep: 1, warmup: null };

describe.each<[string, Options]>([
  ['Adam', {}],
  ['plain gradient descent', { optimizer: sgd({ momentum: 0 }) }],
  ['momentum, clipping and averages', { optimizer: sgd({ momentum: 0.9 }), clipNorm: 0.5, ema }],
  ['FedProx', { proximal, clipNorm: 2 }],
])('%s', (_, options) => {
  test('cut in two gives the same bytes as in one piece', () => {
    const whole = train(options, 0, 6, fresh);
    const rest = train(options, 3, 6, train(options, 0, 3, fresh).at(-1)!);
    expect(rest).toEqual(whole.slice(3));
    expect(new Set(slopes(whole)).size).toBe(6);
  });
});

test('clipping limits the length of a step of gradient descent', () => {
  const [optimizer, maxNorm] = [sgd({ momentum: 0 }), 0.01];
  const [{ weights }] = train({ optimizer, clipNorm: maxNorm }, 0, 1, fresh) as [State];
  const moved = [...start].map(([name, { data }]) => weights.get(name)!.data[0]! - data[0]!);
  expect(Math.hypot(...moved) / 0.1).toBeCloseTo(maxNorm, 6);
});

test('averages follow the weights after each step, and change none of them', () => {
  const states = train({ ema }, 0, 6, fresh);
  let average = start.get('slope')!.data[0]!;
  slopes(states).forEach((slope, step) => {
    average -= (1 - emaDecay(step + 1, ema)) * (average - slope);
    expect(states[step]!.optimizer!.get('ema/slope')!.data[0]).toBeCloseTo(average, 6);
  });
  expect(slopes(states)).toEqual(slopes(train({}, 0, 6, fresh)));
});

/** Mean loss of the line over the rows at `indices`, and its gradient, in float64. */
function byHand(indices: readonly number[]): { loss: number; gradient: { slope: number; offset: number } } {
  const [slope, offset] = ['slope', 'offset'].map((name) => start.get(name)!.data[0]!) as [number, number];
  const rows = indices.map((index) => {
    const x = BYTES[index]! / 10;
    return { x, error: slope * x + offset - x * x };
  });
  const mean = (of: (row: { x: number; error: number }) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    loss: mean(({ error }) => error ** 2),
    gradient: { slope: mean(({ x, error }) => 2 * error * x), offset: mean(({ error }) => 2 * error) },
  };
}

/** Loss and gradient of one step of gradient descent at rate 1 from `start`. */
function oneStep(options: Options, indices: readonly number[]) {
  const line = new Line({ optimizer: sgd({ momentum: 0 }), ...options });
  line.load(start, null);
  if (options.proximal) line.setGlobal(global);
  const loss = line.step(Int32Array.from(indices), [5, 0], 1);
  const weights = line.weights();
  line.dispose();
  const moved = (name: string) => start.get(name)!.data[0]! - weights.get(name)!.data[0]!;
  return { loss, gradient: { slope: moved('slope'), offset: moved('offset') } };
}

test.each([[[0, 1, 2, 3]], [[6, 7]], [[4]]])('a batch of %j is the mean over these rows alone', (indices) => {
  const { loss, gradient } = oneStep({}, indices);
  const want = byHand(indices);
  expect(loss).toBeCloseTo(want.loss, 5);
  expect(gradient.slope).toBeCloseTo(want.gradient.slope, 5);
  expect(gradient.offset).toBeCloseTo(want.gradient.offset, 5);
});

describe('FedProx', () => {
  const indices = [1, 3, 5, 7];
  const want = byHand(indices);
  const away = start.get('slope')!.data[0]! - global.get('slope')!.data[0]!;

  test('pulls what is held to the global weights, and adds its term to the loss', () => {
    const { loss, gradient } = oneStep({ proximal }, indices);
    expect(loss).toBeCloseTo(want.loss + (proximal.mu / 2) * away ** 2, 5);
    expect(gradient.slope).toBeCloseTo(want.gradient.slope + proximal.mu * away, 5);
    expect(gradient.offset).toBeCloseTo(want.gradient.offset, 5);
  });

  test('is clipped together with the gradient of the loss', () => {
    const { gradient } = oneStep({ proximal, clipNorm: 0.3 }, indices);
    expect(Math.hypot(gradient.slope, gradient.offset)).toBeCloseTo(0.3, 5);
    const whole = { slope: want.gradient.slope + proximal.mu * away, offset: want.gradient.offset };
    expect(gradient.slope / gradient.offset).toBeCloseTo(whole.slope / whole.offset, 4);
  });
});

describe('the full gradient', () => {
  /** One pass in batches of 4, each with its share as its rate, and the step at the end. */
  function pass(indices: readonly number[], clipNorm: number | null) {
    const line = new Line({ optimizer: fullGradientDescent(clipNorm) });
    line.load(start, null);
    let loss = 0;
    for (let at = 0; at < indices.length; at += 4) {
      const batch = Int32Array.from(indices.slice(at, at + 4));
      const share = batch.length / indices.length;
      loss += share * line.step(batch, [5, at / 4], share);
      expect(line.weights()).toEqual(start);
    }
    line.finish(0.01);
    const weights = line.weights();
    line.dispose();
    return {
      loss,
      step: ['slope', 'offset'].map((name) => start.get(name)!.data[0]! - weights.get(name)!.data[0]!),
    };
  }

  test.each([[[0, 1, 2, 3, 4, 5, 6, 7]], [[7, 6, 5, 4, 3, 2, 1]], [[2, 0]]])(
    'of %j is that of one big batch, whatever is left for the last one',
    (indices) => {
      const { loss, gradient } = byHand(indices);
      const own = pass(indices, null);
      expect(own.loss).toBeCloseTo(loss, 5);
      expect(own.step[0]).toBeCloseTo(0.01 * gradient.slope, 6);
      expect(own.step[1]).toBeCloseTo(0.01 * gradient.offset, 6);
    },
  );

  test('is clipped as a whole, and not batch by batch', () => {
    const { gradient } = byHand([0, 1, 2, 3, 4, 5, 6]);
    const { step } = pass([0, 1, 2, 3, 4, 5, 6], 0.2);
    expect(Math.hypot(...step)).toBeCloseTo(0.01 * 0.2, 6);
    expect(step[0]! / step[1]!).toBeCloseTo(gradient.slope / gradient.offset, 3);
  });

  test('goes on in another program with the same bytes', () => {
    const options = { optimizer: fullGradientDescent(null) };
    const whole = train(options, 0, 4, fresh);
    expect(train(options, 2, 4, train(options, 0, 2, fresh).at(-1)!)).toEqual(whole.slice(2));
    const sums = whole.map(({ optimizer }) => optimizer!.get('mean/slope')!.data[0]);
    expect(new Set(sums).size).toBe(4);
  });
});
