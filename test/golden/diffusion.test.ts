/** Noise schedules and reverse steps against diffusers' `DDPMScheduler` and `DDIMScheduler`. */
import { describe, expect, test } from 'vitest';
import {
  noiseSchedule,
  reverseSteps,
  signalShares,
  type ReverseStep,
} from '../../phoenix/models/diffusion.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

interface Step {
  readonly variance_type?: string;
  readonly eta?: number;
  readonly spacing?: string;
  readonly clip_sample: boolean;
  readonly num_inference_steps: number;
  readonly t: number;
  readonly prev_sample: JsonArray;
}
interface Case {
  readonly config: { readonly num_train_timesteps: number };
  readonly idx: number[];
  readonly alphas_cumprod: JsonArray;
  readonly betas: JsonArray;
  readonly step_noise: JsonArray;
  readonly ddpm_step: Step[];
  readonly ddim_step: Step[];
  readonly ddim_timesteps: Record<string, number[]>;
}
interface Golden {
  readonly xt: JsonArray;
  readonly model_output: JsonArray;
  readonly cases: Record<string, Case>;
}

const golden = goldenJson<Golden>('scheduler.json');

describe.each([
  ['linear', 'linear'],
  ['squaredcos_cap_v2', 'cosine'],
] as const)('%s', (name, schedule) => {
  const reference = golden.cases[name]!;
  const diffusion = { steps: reference.config.num_train_timesteps, schedule };
  const betas = noiseSchedule(diffusion);

  test('variances and signal shares', () => {
    const shares = signalShares(betas);
    reference.idx.forEach((t, k) => {
      expect(Math.abs(betas[t]! - reference.betas.data[k]!)).toBeLessThan(1e-7);
      expect(Math.abs(shares[t]! - reference.alphas_cumprod.data[k]!)).toBeLessThan(1e-6);
    });
  });

  test.each([25, 50, 100])('%i DDIM timesteps', (steps) => {
    const timesteps = reverseSteps(diffusion, { method: 'ddim', steps }).map(({ timestep }) => timestep);
    expect(timesteps).toEqual(reference.ddim_timesteps[`leading-${steps}`]);
  });

  test('deterministic DDIM steps', () => {
    const cases = reference.ddim_step.filter(
      (step) => step.eta === 0 && step.clip_sample && step.spacing === 'leading',
    );
    expect(cases.length).toBeGreaterThan(0);
    for (const step of cases) {
      check(step, reverseSteps(diffusion, { method: 'ddim', steps: step.num_inference_steps }));
    }
  });

  test('ancestral steps with the fixed small variance', () => {
    const cases = reference.ddpm_step.filter(
      (step) =>
        step.variance_type === 'fixed_small' &&
        step.clip_sample &&
        step.num_inference_steps === diffusion.steps,
    );
    expect(cases.length).toBeGreaterThan(0);
    for (const step of cases) check(step, reverseSteps(diffusion, { method: 'ancestral' }));
  });

  function check(want: Step, steps: readonly ReverseStep[]): void {
    const { signal, image, current, noise, deviation } = steps.find(({ timestep }) => timestep === want.t)!;
    want.prev_sample.data.forEach((value, k) => {
      const [x, predicted, z] = [
        golden.xt.data[k]!,
        golden.model_output.data[k]!,
        reference.step_noise.data[k]!,
      ];
      const clean = Math.min(1, Math.max(-1, (x - Math.sqrt(1 - signal) * predicted) / Math.sqrt(signal)));
      const got = image * clean + current * x + noise * predicted + deviation * z;
      // diffusers keeps its tables in float32, which loses digits of 1 − ᾱ: ours are the better ones.
      expect(Math.abs(got - value) / Math.max(1, Math.abs(value))).toBeLessThan(5e-4);
    });
  }
});
