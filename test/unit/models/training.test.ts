import { describe, expect, test } from 'vitest';
import { gatherRows } from '../../../phoenix/engine/gather.ts';
import { emaDecay, type EmaSettings } from '../../../phoenix/engine/ema.ts';
import { sgd } from '../../../phoenix/engine/sgd.ts';
import { Training, type TrainingSpec } from '../../../phoenix/models/training.ts';
import type { Tensors } from '../../../phoenix/storage/safetensors.ts';

type Options = Pick<TrainingSpec, 'optimizer' | 'clipNorm' | 'ema'>;

/** Fits a line through bytes: the loss is the mean of (slope·x + offset − x²)². */
class Line extends Training {
  constructor(options: Options) {
    super({
      parameters: new Map([
        ['slope', [1]],
        ['offset', [1]],
      ]),
      data: new Map([['bytes', { shape: [-1], dtype: 'uint8' }]]),
      batchSize: 4,
      loss: (indices, _, trace) => {
        const x = gatherRows(trace, 'bytes', indices, { shape: [4], dtype: 'float32' }).div(10);
        return (p) => p('slope').mul(x).add(p('offset')).sub(x.square()).square().mean().asScalar();
      },
      ...options,
    });
    this.setData('bytes', [8], Uint8Array.of(1, 5, 9, 14, 20, 3, 17, 11));
  }
}

const start: Tensors = new Map([
  ['slope', { shape: [1], data: Float32Array.of(0.3) }],
  ['offset', { shape: [1], data: Float32Array.of(-0.2) }],
]);

interface State {
  readonly weights: Tensors;
  readonly optimizer: Tensors | null;
}

/** Steps `from` … `to` − 1, and the state after each. */
function train(options: Options, from: number, to: number, { weights, optimizer }: State): State[] {
  const line = new Line(options);
  line.load(weights, optimizer);
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
