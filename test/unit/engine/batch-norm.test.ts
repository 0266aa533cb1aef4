import { expect, test } from 'vitest';
import type { Tensor } from '../../../phoenix/engine/backend.ts';
import { inferenceBatchNorm, MovingBatchNorm } from '../../../phoenix/engine/batch-norm.ts';
import { compile } from '../../../phoenix/engine/compile.ts';
import { gradients } from '../../../phoenix/engine/gradients.ts';
import type { TensorSpec } from '../../../phoenix/engine/trace.ts';

const [ROWS, CHANNELS] = [2 * 3 * 3, 3];
const images: TensorSpec = { shape: [2, 3, 3, CHANNELS], dtype: 'float32' };
const perChannel: TensorSpec = { shape: [CHANNELS], dtype: 'float32' };
const wave = (length: number, frequency: number, mean = 0) =>
  Float32Array.from({ length }, (_, k) => mean + Math.sin(frequency * (k + 1)) + 0.3 * Math.cos(k * k));

const [x, next, target] = [1.3, 0.7, 2.1].map((f) => wave(ROWS * CHANNELS, f, f)) as [
  Float32Array,
  Float32Array,
  Float32Array,
];
const start = {
  weight: Float32Array.of(0.5, -1.2, 2),
  bias: Float32Array.of(0.1, 0.2, -0.3),
  running_mean: Float32Array.of(1, -1, 0.5),
  running_var: Float32Array.of(0.5, 2, 1.5),
};
const names = Object.keys(start).map((name) => `norm.${name}`);

const program = compile({
  variables: new Map(names.map((name) => [name, perChannel])),
  functions: {
    train: {
      inputs: { x: images, next: images, target: images },
      body: (inputs, trace) => {
        const moving = new MovingBatchNorm(trace);
        const weights = ['norm.weight', 'norm.bias'].map((name) => [name, trace.read(name)] as const);
        let y = '';
        const result = gradients(
          (values) => {
            const normal = moving.normalise(values.get('x')!, (name) => values.get(name)!, 'norm');
            y = trace.output(normal);
            return normal.mul(inputs.target!).sum().asScalar();
          },
          new Map([['x', inputs.x!], ...weights]),
        );
        moving.normalise(inputs.next!, (name) => trace.read(name), 'norm');
        moving.store();
        const [dx, dweight, dbias] = [...result.gradients.values()] as [Tensor, Tensor, Tensor];
        return { y: trace.standIn(y, images), dx, dweight, dbias };
      },
    },
    infer: {
      inputs: { x: images },
      body: ({ x: input }, trace) => ({
        y: inferenceBatchNorm(trace)(input!, (name) => trace.read(name), 'norm'),
      }),
    },
  },
});

const reset = () =>
  program.set(
    new Map(Object.entries(start).map(([name, data]) => [`norm.${name}`, { shape: [CHANNELS], data }])),
  );

test('value, gradients and running statistics are those of the definition', () => {
  reset();
  const got = program.run('train', { x, next, target });
  const want = definition();
  for (const [name, values] of Object.entries(want.outputs)) close(got[name]!, values, name);
  const after = program.get(names);
  close(after.get('norm.running_mean')!.data, want.mean, 'running mean');
  close(after.get('norm.running_var')!.data, want.variance, 'running variance');
  expect(after.get('norm.weight')!.data).toEqual(start.weight);
});

test('inference normalises by the running statistics and leaves them alone', () => {
  reset();
  const want = Array.from(x, (value, k) => {
    const c = k % CHANNELS;
    const inverse = 1 / Math.sqrt(start.running_var[c]! + 1e-5);
    return (value - start.running_mean[c]!) * inverse * start.weight[c]! + start.bias[c]!;
  });
  close(program.run('infer', { x }).y!, want, 'y');
  expect(program.get(names).get('norm.running_mean')!.data).toEqual(start.running_mean);
});

/** In float64, by loops, from the formulas of Ioffe and Szegedy 2015. */
function definition() {
  const outputs = {
    y: new Float64Array(x.length),
    dx: new Float64Array(x.length),
    dweight: new Float64Array(CHANNELS),
    dbias: new Float64Array(CHANNELS),
  };
  const [mean, variance] = [Float64Array.from(start.running_mean), Float64Array.from(start.running_var)];
  for (let c = 0; c < CHANNELS; c++) {
    const rows = Array.from({ length: ROWS }, (_, row) => row * CHANNELS + c);
    const average = (f: (k: number) => number) => rows.reduce((sum, k) => sum + f(k), 0) / ROWS;
    const moments = (values: Float32Array) => {
      const center = average((k) => values[k]!);
      return { center, spread: average((k) => (values[k]! - center) ** 2) };
    };
    for (const values of [x, next]) {
      const { center, spread } = moments(values);
      mean[c] = 0.9 * mean[c]! + 0.1 * center;
      variance[c] = 0.9 * variance[c]! + 0.1 * spread * (ROWS / (ROWS - 1));
    }
    const { center, spread } = moments(x);
    const inverse = 1 / Math.sqrt(spread + 1e-5);
    const normal = (k: number) => (x[k]! - center) * inverse;
    outputs.dbias[c] = ROWS * average((k) => target[k]!);
    outputs.dweight[c] = ROWS * average((k) => target[k]! * normal(k));
    for (const k of rows) {
      outputs.y[k] = normal(k) * start.weight[c]! + start.bias[c]!;
      const centered = target[k]! - (outputs.dbias[c]! + normal(k) * outputs.dweight[c]!) / ROWS;
      outputs.dx[k] = centered * start.weight[c]! * inverse;
    }
  }
  return { outputs, mean, variance };
}

function close(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  const scale = Math.max(...Array.from(want, Math.abs));
  const differences = Array.from(want, (value, k) => Math.abs(value - got[k]!));
  expect(Math.max(...differences) / scale, what).toBeLessThan(1e-5);
}
