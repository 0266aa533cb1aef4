/** The U-Net against diffusers' `UNet2DModel`: output, loss, gradients, three Adam steps. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { adam } from '../../phoenix/engine/adam.ts';
import { compile, type Program } from '../../phoenix/engine/compile.ts';
import { gradients } from '../../phoenix/engine/gradients.ts';
import type { Parameters } from '../../phoenix/engine/layers.ts';
import type { TensorSpec } from '../../phoenix/engine/trace.ts';
import type { Config } from '../../phoenix/models/diffusers/config.ts';
import { toPyTorch } from '../../phoenix/models/diffusers/layout.ts';
import { unetSettings } from '../../phoenix/models/diffusers/unet-config.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { unet } from '../../phoenix/models/unet.ts';
import { unetParameters, type UNetSettings } from '../../phoenix/models/unet-parameters.ts';
import { channelsLast, fromDiffusers } from '../helpers/diffusers.ts';
import { fingerprint, type Fingerprint } from '../helpers/fingerprint.ts';
import { goldenJson, goldenNpz, goldenPath, type JsonArray } from '../helpers/golden.ts';
import type { NpyArray } from '../helpers/npz.ts';

interface Golden {
  readonly config: Config;
  readonly t: JsonArray;
  readonly keys: string[];
  readonly f64: {
    readonly grad: Record<string, Fingerprint>;
    readonly grad_total_l2: number;
    readonly losses: number[];
    readonly delta3_over_lr: Record<string, Fingerprint>;
  };
  readonly zero_grad_names: string[];
}

const LEARNING_RATE = 1e-4;
const optimizer = adam();

describe.each(['unet_a', 'unet_b'])('%s', (network) => {
  const golden = goldenJson<Golden>(`${network}.json`);
  const io = goldenNpz(`${network}_io.npz`);
  const weights = fromDiffusers(readFileSync(goldenPath(`${network}.safetensors`)));
  const settings = unetSettings({ file: `${network}.json`, config: golden.config });
  const parameters = floatVariables(unetParameters(settings));
  const names = golden.keys.filter((name) => !golden.zero_grad_names.includes(name));
  const images = io.get('x')!;
  const feeds = {
    x: channelsLast(images.data, images.shape),
    noise: channelsLast(io.get('noise')!.data, images.shape),
    t: Float32Array.from(golden.t.data),
    learningRate: Float32Array.of(LEARNING_RATE),
  };

  const program = compileStep(settings, parameters, images.shape);
  afterAll(() => program.dispose());
  program.set(weights);
  program.fill(optimizer.initialState(parameters));
  const results = [0, 1, 2].map(() => program.run('train', feeds));
  const after = program.get([...parameters.keys()]);
  const last = program.run('train', feeds);
  const pyTorch = (name: string, data: ArrayLike<number>) =>
    toPyTorch({ shape: parameters.get(name)!.shape, data: Float32Array.from(data) }).data;
  const gradient = (name: string) => pyTorch(name, results[0]![name]!);

  test('parameters have the names and shapes of UNet2DModel', () => {
    const described = (tensors: Iterable<[string, { shape: readonly number[] }]>) =>
      [...tensors].map(([name, { shape }]) => `${name} ${shape.join()}`).sort();
    expect(described(parameters)).toEqual(described(weights));
  });

  test('output, and the loss before each step and after the last', () => {
    const output = channelsLast(io.get('out_f64')!.data, images.shape);
    expect(largestDifference(results[0]!.output!, output)).toBeLessThan(1e-5);
    [...results, last].forEach(({ loss }, k) =>
      expect(Math.abs(loss![0]! - golden.f64.losses[k]!)).toBeLessThan(1e-6),
    );
  });

  test('gradients', () => {
    for (const name of names) {
      const want = golden.f64.grad[name]!;
      const got = fingerprint(gradient(name));
      expect(Math.abs(got.l2 / want.l2 - 1), `l2 of ${name}`).toBeLessThan(5e-5);
      expect(Math.abs(got.sum - want.sum) / want.l2, `sum of ${name}`).toBeLessThan(1e-4);
      expect(Math.abs(got.dot - want.dot) / want.l2, `dot of ${name}`).toBeLessThan(1e-4);
    }
    const norms = golden.keys.map((name) => fingerprint(gradient(name)).l2);
    expect(Math.abs(Math.hypot(...norms) / golden.f64.grad_total_l2 - 1)).toBeLessThan(5e-6);
    const largest = Math.max(...norms);
    for (const name of golden.zero_grad_names)
      expect(fingerprint(gradient(name)).l2 / largest, name).toBeLessThan(1e-7);
    for (const [name, data] of entries(io, 'grad_f64/')) {
      const scale = Math.max(...Array.from(data, Math.abs));
      expect(largestDifference(gradient(name), data) / scale, name).toBeLessThan(5e-5);
    }
  });

  test('weights after three Adam steps', () => {
    for (const [name, data] of entries(io, 'after3/'))
      expect(largestDifference(pyTorch(name, after.get(name)!.data), data), name).toBeLessThan(1e-6);
    for (const name of names) {
      const want = golden.f64.delta3_over_lr[name]!;
      const start = weights.get(name)!.data;
      const moved = Float32Array.from(
        after.get(name)!.data,
        (value, k) => (value - start[k]!) / LEARNING_RATE,
      );
      const got = fingerprint(pyTorch(name, moved));
      expect(Math.abs(got.l2 / want.l2 - 1), `step of ${name}`).toBeLessThan(1e-3);
      expect(Math.abs(got.sum - want.sum) / Math.sqrt(want.n), `step of ${name}`).toBeLessThan(1.5e-2);
      expect(Math.abs(got.dot - want.dot) / Math.sqrt(want.n), `step of ${name}`).toBeLessThan(1.5e-2);
    }
  });
});

/** Function `train`: one step; gives the loss, the output and, by the parameters' names, the gradients before it. */
function compileStep(
  settings: UNetSettings,
  parameters: ReadonlyMap<string, TensorSpec>,
  [batch, channels, height, width]: readonly number[],
): Program {
  const image = { shape: [batch!, height!, width!, channels!], dtype: 'float32' } as const;
  return compile({
    variables: new Map([...parameters, ...optimizer.variables(parameters)]),
    functions: {
      train: {
        inputs: {
          x: image,
          noise: image,
          t: { shape: [batch!], dtype: 'float32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ x, noise, t, learningRate }, trace) => {
          const values = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const predict = (p: Parameters) => unet(x!, t!, p, settings, trace);
          const result = gradients(
            (p) =>
              predict((name) => p.get(name)!)
                .sub(noise!)
                .square()
                .mean()
                .asScalar(),
            values,
          );
          const output = predict((name) => trace.read(name));
          optimizer.apply(trace, result.gradients, learningRate!);
          return { loss: result.loss, output, ...Object.fromEntries(result.gradients) };
        },
      },
    },
  });
}

/** Arrays whose names start with `prefix`, by the rest of the name. */
const entries = (io: ReadonlyMap<string, NpyArray>, prefix: string) =>
  [...io].flatMap(([name, { data }]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), data] as const] : [],
  );

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k]!)));
