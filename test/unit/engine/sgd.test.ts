import { expect, test } from 'vitest';
import { compile, type Program } from '../../../phoenix/engine/compile.ts';
import { sgd } from '../../../phoenix/engine/sgd.ts';
import type { TensorSpec } from '../../../phoenix/engine/trace.ts';

const parameters = new Map<string, TensorSpec>([
  ['a', { shape: [3], dtype: 'float32' }],
  ['b', { shape: [2, 2], dtype: 'float32' }],
]);
const RATES = [0.1, 0.1, 0.02, 0.5, 0.3];
const weights = new Map([
  ['a', { shape: [3], data: Float32Array.of(1, -2, 3) }],
  ['b', { shape: [2, 2], data: Float32Array.of(0.5, 0, -1, 4) }],
]);

/** Descends the sum of squares: the gradient of a weight is twice the weight. */
function descent(momentum: number): Program {
  const optimizer = sgd({ momentum });
  const program = compile({
    variables: new Map([...parameters, ...optimizer.variables(parameters)]),
    functions: {
      step: {
        inputs: { rate: { shape: [], dtype: 'float32' } },
        body: ({ rate }, trace) => {
          const gradients = new Map([...parameters.keys()].map((name) => [name, trace.read(name).mul(2)]));
          optimizer.apply(trace, gradients, rate!);
          return { rate: rate!.mul(1) };
        },
      },
    },
  });
  program.set(weights);
  program.fill(optimizer.initialState(parameters));
  return program;
}

const run = (program: Program, rates: readonly number[]) =>
  rates.forEach((rate) => program.run('step', { rate: Float32Array.of(rate) }));

test.each([0, 0.9])('momentum %d follows the formula while the rate changes', (momentum) => {
  const program = descent(momentum);
  run(program, RATES);
  for (const [name, { data }] of program.get([...parameters.keys()])) {
    weights.get(name)!.data.forEach((start, k) => {
      let [weight, buffer] = [start, 0];
      for (const rate of RATES) {
        buffer = momentum * buffer + 2 * weight;
        weight -= rate * buffer;
      }
      expect(data[k]).toBeCloseTo(weight, 5);
    });
  }
  program.dispose();
});

test('gives what torch.optim.SGD gives', () => {
  const program = descent(0.9);
  run(program, RATES);
  const want = [-1.888956069946289, 3.777912139892578, -5.666867733001709];
  program
    .get(['a'])
    .get('a')!
    .data.forEach((value, k) => expect(value).toBeCloseTo(want[k]!, 5));
  program.dispose();
});

test('goes on in another program with the same bytes', () => {
  const names = [...parameters.keys(), 'sgd/momentum/a', 'sgd/momentum/b'];
  const [whole, first, second] = [descent(0.9), descent(0.9), descent(0.9)];
  run(whole, RATES);
  run(first, RATES.slice(0, 2));
  second.set(first.get(names));
  run(second, RATES.slice(2));
  expect(second.get(names)).toEqual(whole.get(names));
  for (const program of [whole, first, second]) program.dispose();
});

test('keeps no variables without momentum', () => {
  expect([...sgd({ momentum: 0 }).variables(parameters)]).toEqual([]);
  expect([...sgd({ momentum: 0.5 }, 'd').variables(parameters).keys()]).toEqual([
    'd/momentum/a',
    'd/momentum/b',
  ]);
});
