import { expect, test } from 'vitest';
import { tf, type Tensor } from '../../../phoenix/engine/backend.ts';
import { compile } from '../../../phoenix/engine/compile.ts';
import { Random } from '../../../phoenix/engine/random.ts';
import { TraceError } from '../../../phoenix/engine/trace-error.ts';
import type { TensorSpec } from '../../../phoenix/engine/trace.ts';

const vector = (length: number): TensorSpec => ({ shape: [length], dtype: 'float32' });
const scalar: TensorSpec = { shape: [], dtype: 'float32' };

test('a compiled function gives what tfjs gives, and keeps variables between calls', () => {
  const program = compile({
    variables: new Map([['total', vector(3)]]),
    functions: {
      add: {
        inputs: { x: vector(3) },
        body: ({ x }, trace) => {
          const total = trace.read('total').add(tf.relu(x!));
          trace.assign('total', total);
          return { norm: total.square().sum().sqrt(), doubled: total.mul(2) };
        },
      },
    },
  });
  program.set(new Map([['total', { shape: [3], data: Float32Array.of(1, 0, 0) }]]));
  program.run('add', { x: Float32Array.of(2, -5, 1) });
  const { norm, doubled } = program.run('add', { x: Float32Array.of(0, 0, 3) });
  expect([...doubled!]).toEqual([6, 0, 8]);
  expect(norm![0]).toBe(5);
  expect([...program.get(['total']).get('total')!.data]).toEqual([3, 0, 4]);
  program.dispose();
});

test('setting a variable copies: later updates never reach the caller’s array', () => {
  const data = Float32Array.of(1, 2);
  const program = compile({
    variables: new Map([['w', vector(2)]]),
    functions: {
      bump: {
        inputs: {},
        body: (_, trace) => {
          trace.assign('w', trace.read('w').add(1));
          return { w: trace.read('w') };
        },
      },
    },
  });
  program.set(new Map([['w', { shape: [2], data }]]));
  program.run('bump', {});
  expect([...data]).toEqual([1, 2]);
  data.fill(99);
  expect([...program.get(['w']).get('w')!.data]).toEqual([2, 3]);
  program.dispose();
});

test('random numbers depend on the seed alone and are distributed as asked', () => {
  const program = compile({
    variables: new Map(),
    functions: {
      draw: {
        inputs: { seed: { shape: [2], dtype: 'int32' } },
        body: ({ seed }, trace) => {
          const random = new Random(trace, seed!);
          return {
            normal: random.normal([4000]),
            uniform: random.uniform([4000]),
            integers: random.integers([4000], 7),
          };
        },
      },
    },
  });
  const draw = (...seed: [number, number]) => program.run('draw', { seed: Int32Array.from(seed) });
  const first = draw(5, 9);
  expect(draw(5, 9)).toEqual(first);
  expect(draw(5, 10).normal).not.toEqual(first.normal);
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(first.normal!))).toBeLessThan(0.08);
  expect(Math.abs(mean(first.normal!.map((value) => value * value)) - 1)).toBeLessThan(0.1);
  expect(Math.abs(mean(first.uniform!) - 0.5)).toBeLessThan(0.03);
  expect(new Set(first.integers)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  program.dispose();
});

test('what a graph cannot repeat is an error that says so', () => {
  const build = (body: () => Tensor) => () =>
    compile({ variables: new Map(), functions: { f: { inputs: {}, body: () => ({ y: body() }) } } });
  expect(build(() => tf.scalar(tf.scalar(1).add(1).dataSync()[0]!))).toThrow(/read while tracing/);
  const outside = tf.scalar(1).add(2);
  expect(build(() => outside.add(1))).toThrow(TraceError);
  // The backend is itself again after a failed trace.
  expect(outside.dataSync()[0]).toBe(3);
});

test('values of the wrong shape, unknown names and missing inputs are named', () => {
  const program = compile({
    variables: new Map([['w', vector(2)]]),
    functions: { f: { inputs: { x: scalar }, body: ({ x }) => ({ y: x!.add(1) }) } },
  });
  const three = { shape: [3], data: new Float32Array(3) };
  expect(() => program.set(new Map([['w', three]]))).toThrow('variable w is [2], the value is [3]');
  expect(() => program.set(new Map([['v', three]]))).toThrow('variable v is [unknown]');
  expect(() => program.run('f', {})).toThrow('needs the input x');
  expect(() => program.run('g', {})).toThrow('no function g');
  program.dispose();
});

test('tracing and running leave no tensor behind in tfjs', () => {
  const before = tf.memory().numTensors;
  const program = compile({
    variables: new Map([['w', vector(2)]]),
    functions: {
      f: { inputs: { x: scalar }, body: ({ x }, trace) => ({ y: trace.read('w').mul(x!).sum() }) },
    },
  });
  program.set(new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]));
  for (let k = 0; k < 10; k++) program.run('f', { x: Float32Array.of(k) });
  program.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
