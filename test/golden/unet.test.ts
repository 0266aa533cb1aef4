/** The U-Net against diffusers' `UNet2DModel`: output, loss, gradients, three Adam steps. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile } from '../../phoenix/engine/compile.ts';
import { adamVariables, applyAdam, gradients, initialAdamState } from '../../phoenix/engine/optimizer.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { unet } from '../../phoenix/models/unet.ts';
import { unetParameters, type UNetSettings } from '../../phoenix/models/unet-parameters.ts';
import { channelsLast, fromDiffusers, toDiffusersLayout } from '../helpers/diffusers.ts';
import { goldenJson, goldenNpz, goldenPath, type JsonArray } from '../helpers/golden.ts';

interface Fingerprint {
  readonly n: number;
  readonly l2: number;
  readonly sum: number;
  readonly dot: number;
}
interface Golden {
  readonly config: {
    readonly block_out_channels: number[];
    readonly layers_per_block: number;
    readonly down_block_types: string[];
    readonly norm_num_groups: number;
  };
  readonly t: JsonArray;
  readonly f64: {
    readonly grad: Record<string, Fingerprint>;
    readonly losses: number[];
    readonly delta3_over_lr: Record<string, Fingerprint>;
  };
  readonly zero_grad_names: string[];
}

const LEARNING_RATE = 1e-4;
const golden = goldenJson<Golden>('unet_a.json');
const io = goldenNpz('unet_a_io.npz');
const weights = fromDiffusers(readFileSync(goldenPath('unet_a.safetensors')));
const settings: UNetSettings = {
  channels: golden.config.block_out_channels,
  layersPerBlock: golden.config.layers_per_block,
  attention: golden.config.down_block_types.map((type) => type.startsWith('Attn')),
  groups: golden.config.norm_num_groups,
};

test('parameters have the names and shapes of UNet2DModel', () => {
  const shapes = [...unetParameters(settings)].map(([name, shape]) => `${name} ${shape.join()}`);
  expect(shapes.sort()).toEqual([...weights].map(([name, { shape }]) => `${name} ${shape.join()}`).sort());
});

test('output, loss, gradients and three Adam steps are those of diffusers', () => {
  const parameters = floatVariables(unetParameters(settings));
  const images = io.get('x')!;
  const shape = [images.shape[0]!, images.shape[2]!, images.shape[3]!, images.shape[1]!];
  const inputs = {
    x: { shape, dtype: 'float32' },
    noise: { shape, dtype: 'float32' },
    t: { shape: [shape[0]!], dtype: 'float32' },
  } as const;
  const program = compile({
    variables: new Map([...parameters, ...adamVariables(parameters)]),
    functions: {
      train: {
        inputs: { ...inputs, learningRate: { shape: [], dtype: 'float32' } },
        body: ({ x, noise, t, learningRate }, trace) => {
          const values = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const result = gradients(
            (p) =>
              unet(x!, t!, (name) => p.get(name)!, settings)
                .sub(noise!)
                .square()
                .mean()
                .asScalar(),
            values,
          );
          const output = unet(x!, t!, trace.read.bind(trace), settings);
          applyAdam(trace, result.gradients, learningRate!);
          return { loss: result.loss, output, ...Object.fromEntries(result.gradients) };
        },
      },
    },
  });
  program.set(weights);
  program.set(initialAdamState(parameters));
  const feeds = {
    x: channelsLast(images.data, images.shape),
    noise: channelsLast(io.get('noise')!.data, images.shape),
    t: Float32Array.from(golden.t.data),
    learningRate: Float32Array.of(LEARNING_RATE),
  };
  const results = [0, 1, 2, 3].map(() => program.run('train', feeds));
  // The fourth call gives the loss after the third step.
  results.forEach(({ loss }, k) => expect(Math.abs(loss![0]! - golden.f64.losses[k]!)).toBeLessThan(1e-6));

  const output = channelsLast(io.get('out_f64')!.data, images.shape);
  expect(largestDifference(results[0]!.output!, output)).toBeLessThan(1e-5);

  for (const [name, want] of Object.entries(golden.f64.grad)) {
    if (golden.zero_grad_names.includes(name)) continue;
    const shape = parameters.get(name)!.shape;
    const got = fingerprint(toDiffusersLayout({ shape, data: results[0]![name]! as Float32Array }));
    expect(Math.abs(got.l2 / want.l2 - 1), `l2 of ${name}`).toBeLessThan(5e-5);
    expect(Math.abs(got.sum - want.sum) / want.l2, `sum of ${name}`).toBeLessThan(1e-4);
    expect(Math.abs(got.dot - want.dot) / want.l2, `dot of ${name}`).toBeLessThan(1e-4);
  }

  program.set(weights);
  program.set(initialAdamState(parameters));
  for (let step = 0; step < 3; step++) program.run('train', feeds);
  const after = program.get([...parameters.keys()]);
  for (const [entry, { data }] of io) {
    const name = entry.startsWith('after3/') ? entry.slice('after3/'.length) : null;
    if (name === null) continue;
    const { shape, data: got } = after.get(name)!;
    const ours = toDiffusersLayout({ shape, data: got });
    expect(largestDifference(ours, data), name).toBeLessThan(1e-6);
  }
  for (const [name, want] of Object.entries(golden.f64.delta3_over_lr)) {
    if (golden.zero_grad_names.includes(name)) continue;
    const { shape, data } = after.get(name)!;
    const moved = Float32Array.from(
      data,
      (value, k) => (value - weights.get(name)!.data[k]!) / LEARNING_RATE,
    );
    const got = fingerprint(toDiffusersLayout({ shape, data: moved }));
    expect(Math.abs(got.l2 / want.l2 - 1), `step of ${name}`).toBeLessThan(1e-3);
    expect(Math.abs(got.dot - want.dot) / Math.sqrt(want.n), `step of ${name}`).toBeLessThan(1.5e-2);
  }
  program.dispose();
});

function fingerprint(values: Float32Array): Fingerprint {
  let [squares, sum, dot] = [0, 0, 0];
  values.forEach((value, i) => {
    squares += value * value;
    sum += value;
    dot += value * Math.cos(0.7 * i + 0.3);
  });
  return { n: values.length, l2: Math.sqrt(squares), sum, dot };
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k]!)));
