import { expect, it } from 'vitest';
import { sampleSizeWarning } from '../../../phoenix/metrics/sample-size.ts';

it('warns of a rank-deficient covariance, then of a biased one', () => {
  expect(sampleSizeWarning(64, 64)).toMatch(/^64 samples in 64 dimensions: .*rank-deficient/);
  expect(sampleSizeWarning(65, 64)).toMatch(/biased upwards below 320 samples/);
  expect(sampleSizeWarning(320, 64)).toBeNull();
});

it('is content with the 10,000 samples that are asked for in 2,048 dimensions', () => {
  expect(sampleSizeWarning(9_999, 2048)).toMatch(/^9,999 samples in 2,048 dimensions: .*below 10,000/);
  expect(sampleSizeWarning(10_000, 2048)).toBeNull();
});
