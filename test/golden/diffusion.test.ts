/**
 * Noise schedules, timesteps and reverse steps against diffusers' `DDPMScheduler` and `DDIMScheduler`. Steps are done
 * in float32 like theirs, which is what the tight tolerances need.
 */
import { describe, expect, test } from 'vitest';
import {
  forwardFactors,
  noiseSchedule,
  reverseSteps,
  signalShares,
  type ReverseStep,
  type SamplingSettings,
} from '../../phoenix/models/diffusion.ts';
import { fingerprint, type Fingerprint } from '../helpers/fingerprint.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

type Spacing = 'leading' | 'trailing' | 'linspace';
interface Step {
  readonly clip_sample: boolean;
  readonly num_inference_steps: number;
  readonly t: number;
  readonly prev_t: number;
  readonly prev_sample: JsonArray;
  readonly x0: Fingerprint;
}
interface Case {
  readonly config: {
    readonly num_train_timesteps: number;
    readonly beta_schedule: 'linear' | 'squaredcos_cap_v2';
    readonly beta_start: number;
    readonly beta_end: number;
  };
  readonly idx: number[];
  readonly alphas_cumprod: JsonArray;
  readonly betas: JsonArray;
  readonly add_noise: { readonly t: JsonArray; readonly out: JsonArray };
  readonly step_noise: JsonArray;
  readonly ddpm_step: (Step & { readonly variance_type: 'fixed_small' | 'fixed_large' })[];
  readonly ddim_timesteps: Record<string, number[]>;
  readonly ddim_step: (Step & { readonly eta: number; readonly spacing: Spacing })[];
  readonly ddim_loop: { readonly n: number; readonly denoiser: string; readonly out: JsonArray };
}
interface Golden {
  readonly x0: JsonArray;
  readonly eps: JsonArray;
  readonly xt: JsonArray;
  readonly model_output: JsonArray;
  readonly cases: Record<string, Case>;
}

const { fround } = Math;
const golden = goldenJson<Golden>('scheduler.json');

describe.each(Object.entries(golden.cases))('%s', (_, reference) => {
  const { num_train_timesteps: total, beta_schedule, beta_start, beta_end } = reference.config;
  const diffusion = {
    steps: total,
    schedule: beta_schedule === 'linear' ? 'linear' : 'cosine',
    betaStart: beta_start,
    betaEnd: beta_end,
  } as const;
  const betas = noiseSchedule(diffusion);

  test('variances and signal shares', () => {
    const shares = signalShares(betas);
    expect(betas.length).toBe(total);
    reference.idx.forEach((t, k) => {
      expect(Math.abs(betas[t]! - reference.betas.data[k]!)).toBeLessThan(1e-7);
      const want = reference.alphas_cumprod.data[k]!;
      expect(Math.abs(shares[t]! - want)).toBeLessThan(2e-6);
      expect(Math.abs(shares[t]! / want - 1)).toBeLessThan(1e-4);
    });
  });

  test('adding noise', () => {
    const { signal, noise } = forwardFactors(diffusion);
    const { t, out } = reference.add_noise;
    const perImage = out.data.length / t.data.length;
    const got = out.data.map((_, k) => {
      const time = t.data[Math.floor(k / perImage)]!;
      return fround(fround(signal[time]! * golden.x0.data[k]!) + fround(noise[time]! * golden.eps.data[k]!));
    });
    expectClose(got, out.data, 5e-6);
  });

  test.each(Object.entries(reference.ddim_timesteps))('timesteps %s', (name, want) => {
    const [spacing, count] = name.split('-') as [Spacing, string];
    const steps = reverseSteps(diffusion, ddim(Number(count), spacing, 0, true));
    expect(steps.map(({ timestep }) => timestep)).toEqual(want);
  });

  test.each(reference.ddpm_step)(
    'ancestral step at $t of $num_inference_steps, $variance_type, clip $clip_sample',
    (want) => {
      const variance = want.variance_type === 'fixed_small' ? 'fixedSmall' : 'fixedLarge';
      const sampling = {
        method: 'ancestral',
        steps: want.num_inference_steps,
        variance,
        clip: want.clip_sample,
      } as const;
      checkStep(want, sampling);
      const all = reverseSteps(diffusion, { ...sampling, steps: null });
      if (want.num_inference_steps === total) expect(reverseSteps(diffusion, sampling)).toEqual(all);
    },
  );

  test.each(reference.ddim_step)(
    'DDIM step at $t of $num_inference_steps, $spacing, η $eta, clip $clip_sample',
    (want) => checkStep(want, ddim(want.num_inference_steps, want.spacing, want.eta, want.clip_sample)),
  );

  test('a whole deterministic DDIM loop', () => {
    const { n, denoiser, out } = reference.ddim_loop;
    const [, scale, divisor] = /^([\d.]+)\*x\*\(t\+1\)\/(\d+)$/.exec(denoiser)!;
    let images = golden.xt.data;
    for (const step of reverseSteps(diffusion, ddim(n, 'leading', 0, true))) {
      const factor = (Number(scale) * (step.timestep + 1)) / Number(divisor);
      images = images.map((x) => {
        const predicted = fround(factor * x);
        return advanced(step, x, predicted, 0, original(step, x, predicted, true));
      });
    }
    expectClose(images, out.data, 5e-6);
  });

  function checkStep(want: Step, sampling: SamplingSettings): void {
    const step = reverseSteps(diffusion, sampling).find(({ timestep }) => timestep === want.t)!;
    // Below 0 every number means the image.
    expect(Math.max(step.next, -1)).toBe(Math.max(want.prev_t, -1));
    const originals = golden.xt.data.map((x, k) =>
      original(step, x, golden.model_output.data[k]!, want.clip_sample),
    );
    const got = golden.xt.data.map((x, k) =>
      advanced(step, x, golden.model_output.data[k]!, reference.step_noise.data[k]!, originals[k]!),
    );
    // Where σ² is nearly 1 − ᾱ, the factor √(1 − ᾱ − σ²) of ε̂ hangs on σ's last place, and so on one library's root.
    const hangs = sampling.method === 'ddim' && step.deviation > 0;
    const slack = hangs ? 2 ** -22 / Math.max(step.noise, 2 ** -11) : 0;
    const most = Math.max(...golden.model_output.data.map(Math.abs));
    expectClose(got, want.prev_sample.data, 1e-5 + slack * most);
    const size = Math.max(1, want.x0.l2);
    const found = fingerprint(originals);
    for (const part of ['l2', 'sum', 'dot'] as const) {
      expect(Math.abs(found[part] - want.x0[part]) / size).toBeLessThan(1e-5);
    }
  }
});

const ddim = (steps: number, spacing: Spacing, eta: number, clip: boolean): SamplingSettings => ({
  method: 'ddim',
  steps,
  spacing,
  eta,
  clip,
});

/** x̂₀ in float32. */
function original({ signal }: ReverseStep, x: number, predicted: number, clip: boolean): number {
  const noise = fround(fround(Math.sqrt(fround(1 - signal))) * predicted);
  const value = fround(fround(x - noise) / fround(Math.sqrt(signal)));
  return clip ? Math.min(1, Math.max(-1, value)) : value;
}

/** The step's sum in float32. */
function advanced(step: ReverseStep, x: number, predicted: number, z: number, clean: number): number {
  const mean = fround(fround(step.image * clean) + fround(step.current * x));
  return fround(fround(mean + fround(step.noise * predicted)) + fround(step.deviation * z));
}

function expectClose(got: readonly number[], want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  const worst = Math.max(
    ...got.map((value, k) => Math.abs(value - want[k]!) / Math.max(1, Math.abs(want[k]!))),
  );
  expect(worst).toBeLessThan(tolerance);
}
