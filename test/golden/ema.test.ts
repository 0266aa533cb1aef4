/** Moving averages of weights against diffusers' `EMAModel`: the decay of each step, and the averages in the graph. */
import { describe, expect, test } from 'vitest';
import { tf } from '../../phoenix/engine/backend.ts';
import { compile } from '../../phoenix/engine/compile.ts';
import { averagesOf, emaDecay, updateAverages, type EmaSettings } from '../../phoenix/engine/ema.ts';
import { sgd } from '../../phoenix/engine/sgd.ts';
import type { TensorSpec } from '../../phoenix/engine/trace.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

interface Golden {
  readonly p0: JsonArray[];
  readonly traj: JsonArray[][];
  readonly cases: {
    readonly args: {
      readonly decay: number;
      readonly min_decay?: number;
      readonly update_after_step?: number;
      readonly use_ema_warmup?: boolean;
      readonly inv_gamma?: number;
      readonly power?: number;
    };
    readonly decays: number[];
    readonly decay_at: Record<string, number>;
    readonly shadow_after: Record<string, JsonArray[]>;
  }[];
}

const golden = goldenJson<Golden>('ema.json');
const scalar: TensorSpec = { shape: [], dtype: 'float32' };
const parameters = new Map<string, TensorSpec>(
  golden.p0.map(({ shape }, k) => [`p${k}`, { shape, dtype: 'float32' }]),
);
const named = (arrays: readonly JsonArray[]) =>
  new Map(arrays.map(({ shape, data }, k) => [`p${k}`, { shape, data: Float32Array.from(data) }]));

describe.each(golden.cases)('$args', ({ args, decays, decay_at, shadow_after }) => {
  const settings: EmaSettings = {
    decay: args.decay,
    minDecay: args.min_decay ?? 0,
    updateAfterStep: args.update_after_step ?? 0,
    warmup: args.use_ema_warmup ? { inverseGamma: args.inv_gamma!, power: args.power! } : null,
  };

  test('decays', () => {
    decays.forEach((decay, k) => expect(Math.abs(emaDecay(k + 1, settings) - decay)).toBeLessThan(1e-12));
    for (const [n, decay] of Object.entries(decay_at)) {
      expect(Math.abs(emaDecay(Number(n), settings) - decay)).toBeLessThan(1e-12);
    }
  });

  test('averages of the weights as a step leaves them', () => {
    // One step of gradient descent with rate 1 and gradient w − target moves every weight w to its target.
    const optimizer = sgd({ momentum: 0 });
    const targets = [...parameters].map(([name, spec]) => [`target/${name}`, spec] as const);
    const program = compile({
      variables: new Map([...parameters, ...averagesOf(parameters), ...targets]),
      functions: {
        step: {
          inputs: { rate: scalar },
          body: ({ rate }, trace) => {
            const gradients = new Map(
              [...parameters.keys()].map((name) => [
                name,
                trace.read(name).sub(trace.read(`target/${name}`)),
              ]),
            );
            optimizer.apply(trace, gradients, tf.scalar(1));
            updateAverages(trace, parameters, rate!);
            return { rate: rate!.mul(1) };
          },
        },
      },
    });
    const start = named(golden.p0);
    program.set(new Map([...start, ...averagesOf(start)]));
    golden.traj.forEach((weights, k) => {
      program.set(new Map([...named(weights)].map(([name, value]) => [`target/${name}`, value])));
      program.run('step', { rate: Float32Array.of(1 - emaDecay(k + 1, settings)) });
      const after = shadow_after[k + 1];
      if (!after) return;
      const want = averagesOf(named(after));
      for (const [name, { data }] of program.get([...want.keys()])) {
        want.get(name)!.data.forEach((value, i) => expect(Math.abs(data[i]! - value)).toBeLessThan(1e-6));
      }
    });
    program.dispose();
  });
});
