import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  forwardFactors,
  noiseSchedule,
  reverseSteps,
  signalShares,
  type DiffusionSettings,
  type SamplingSettings,
} from '../../../phoenix/models/diffusion.ts';

const diffusion: fc.Arbitrary<DiffusionSettings> = fc.record({
  steps: fc.integer({ min: 2, max: 4000 }),
  schedule: fc.constantFrom('linear', 'cosine', 'constant'),
  betaStart: fc.double({ min: 1e-5, max: 0.01 }),
  betaEnd: fc.double({ min: 0.01, max: 0.1 }),
});

const sampling = (steps: number): fc.Arbitrary<SamplingSettings> =>
  fc.oneof(
    fc.record({
      method: fc.constant('ddim' as const),
      steps: fc.integer({ min: 1, max: steps }),
      spacing: fc.constantFrom('leading' as const, 'trailing' as const, 'linspace' as const),
      eta: fc.constantFrom(0, 0.5, 1),
      clip: fc.boolean(),
    }),
    fc.record({
      method: fc.constant('ancestral' as const),
      steps: fc.option(fc.integer({ min: 1, max: steps })),
      variance: fc.constantFrom('fixedSmall' as const, 'fixedLarge' as const),
      clip: fc.boolean(),
    }),
  );

test('steps go down through 0 … T−1, as many as asked for, and end at the image without noise', () => {
  const both = diffusion.chain((process) => fc.tuple(fc.constant(process), sampling(process.steps)));
  fc.assert(
    fc.property(both, ([process, how]) => {
      fc.pre(signalShares(noiseSchedule(process)).at(-1)! > 1e-37);
      const steps = reverseSteps(process, how);
      const times = steps.map(({ timestep }) => timestep);
      expect(times.length).toBe(how.steps ?? process.steps);
      expect(times).toEqual([...new Set(times)].sort((a, b) => b - a));
      expect(times[0]).toBeLessThan(process.steps);
      expect(times.at(-1)).toBeGreaterThanOrEqual(0);
      for (const step of steps) expect(Object.values(step).every(Number.isFinite)).toBe(true);
      if (how.method === 'ancestral') expect(steps.at(-1)).toMatchObject({ timestep: 0, deviation: 0 });
    }),
    { numRuns: 200 },
  );
});

test('the share of noise grows with time', () => {
  fc.assert(
    fc.property(diffusion, (process) => {
      const { signal, noise } = forwardFactors(process);
      for (let t = 0; t < process.steps; t++) {
        expect(signal[t]! ** 2 + noise[t]! ** 2).toBeCloseTo(1, 5);
        if (t > 0) expect(noise[t]!).toBeGreaterThanOrEqual(noise[t - 1]!);
      }
    }),
    { numRuns: 20 },
  );
});

test('a constant schedule has the mean variance of the linear one; the cosine schedule has its own', () => {
  const betas = (settings: Partial<DiffusionSettings>) => [
    ...noiseSchedule({ steps: 3, schedule: 'linear', betaStart: 0.1, betaEnd: 0.3, ...settings }),
  ];
  const f32 = (...values: number[]) => values.map(Math.fround);
  expect(betas({})).toEqual(f32(0.1, 0.2, 0.3));
  expect(betas({ schedule: 'constant' })).toEqual(f32(0.2, 0.2, 0.2));
  expect(betas({ schedule: 'cosine' })).toEqual(betas({ schedule: 'cosine', betaStart: 0.2, betaEnd: 0.9 }));
});
