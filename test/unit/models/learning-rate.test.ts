import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learningRateAt } from '../../../phoenix/models/learning-rate.ts';

const rates = (kind: 'constant' | 'linear' | 'cosine', warmupSteps: number) =>
  [0, 1, 3, 4, 5, 12, 19].map((step) =>
    learningRateAt(step, 20, { learningRate: 2e-4, schedule: { kind, warmupSteps } }),
  );

// What diffusers' get_scheduler gives its optimiser in these steps of 20.
test.each([
  ['constant', 0, [2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4]],
  ['constant', 4, [0, 5e-5, 1.5e-4, 2e-4, 2e-4, 2e-4, 2e-4]],
  ['linear', 4, [0, 5e-5, 1.5e-4, 2e-4, 1.875e-4, 1e-4, 1.25e-5]],
  ['linear', 0, [2e-4, 1.9e-4, 1.7e-4, 1.6e-4, 1.5e-4, 8e-5, 1e-5]],
  ['cosine', 4, [0, 5e-5, 1.5e-4, 2e-4, 1.9807852804032305e-4, 1e-4, 1.921471959676957e-6]],
  [
    'cosine',
    0,
    [
      2e-4, 1.9876883405951377e-4, 1.891006524188368e-4, 1.8090169943749476e-4, 1.7071067811865476e-4,
      6.909830056250527e-5, 1.231165940486234e-6,
    ],
  ],
] as const)('%s after %i steps of warm-up', (kind, warmupSteps, want) => {
  rates(kind, warmupSteps).forEach((rate, k) => expect(Math.abs(rate - want[k]!)).toBeLessThan(1e-15));
});

test('a rate is never negative and never above the one that was set', () => {
  const schedule = fc.record({
    kind: fc.constantFrom('constant', 'linear', 'cosine'),
    warmupSteps: fc.nat(50),
  });
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 40 }), fc.nat(39), (schedule, steps, step) => {
      const rate = learningRateAt(step % steps, steps, { learningRate: 0.01, schedule });
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(0.01);
    }),
  );
});
