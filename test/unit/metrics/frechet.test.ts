import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CovarianceNotFinite, FrechetDistance } from '../../../phoenix/metrics/frechet.ts';
import { GaussianFit } from '../../../phoenix/metrics/statistics.ts';

const dimensions = 5;
/** Eigenvalues that should be 0 are up to 1e-10 here, 1e-16 of the largest, and their roots count. */
const ROUNDING = 1e-5;
const fit = new GaussianFit(dimensions);
const distance = new FrechetDistance(dimensions);
afterAll(() => {
  fit.dispose();
  distance.dispose();
});

/** [n, 5] with n from 2: fewer samples than dimensions are common. */
const features = fc
  .array(fc.tuple(...Array.from({ length: dimensions }, () => fc.integer({ min: -20, max: 20 }))), {
    minLength: 2,
    maxLength: 12,
  })
  .map((rows) => Float32Array.from(rows.flat()));

const between = async (a: Float32Array, b: Float32Array) =>
  distance.between(await fit.fit(a), await fit.fit(b));

describe('FrechetDistance', () => {
  it('in one dimension is (μ₁ − μ₂)² + (σ₁ − σ₂)²', async () => {
    const line = new FrechetDistance(1);
    const a = { count: 9, mean: Float64Array.of(1), covariance: Float64Array.of(9) };
    const b = { count: 9, mean: Float64Array.of(3), covariance: Float64Array.of(4) };
    expect(await line.between(a, b)).toBeCloseTo(5, 12);
    line.dispose();
  });

  it('is symmetric, not negative, and 0 for a set and itself', async () => {
    await fc.assert(
      fc.asyncProperty(features, features, async (first, second) => {
        const forth = await between(first, second);
        expect(forth).toBeGreaterThanOrEqual(0);
        expect(Math.abs((await between(second, first)) - forth)).toBeLessThan(ROUNDING);
        expect(await between(first, first)).toBeLessThan(ROUNDING);
      }),
    );
  });

  it('does not depend on the order of rows', async () => {
    await fc.assert(
      fc.asyncProperty(features, features, async (first, second) => {
        const rows = Array.from({ length: second.length / dimensions }, (_, i) =>
          second.subarray(i * dimensions, (i + 1) * dimensions),
        );
        const reversed = Float32Array.from(rows.toReversed().flatMap((row) => [...row]));
        expect(Math.abs((await between(first, second)) - (await between(first, reversed)))).toBeLessThan(
          ROUNDING,
        );
      }),
    );
  });

  it('of a shifted set is the squared shift', async () => {
    await fc.assert(
      fc.asyncProperty(features, fc.integer({ min: -9, max: 9 }), async (own, shift) => {
        const moved = own.map((value) => value + shift);
        expect(Math.abs((await between(own, moved)) - dimensions * shift ** 2)).toBeLessThan(ROUNDING);
      }),
    );
  });

  it('of a point and a cloud is the squared distance of the means plus the variance', async () => {
    const point = new Float32Array(10);
    const cloud = Float32Array.of(2, 0, 0, 0, 0, 4, 0, 0, 0, 0);
    expect(await between(point, cloud)).toBe(11);
    expect(await between(point, point)).toBe(0);
  });

  it('compares its own dimensions only, and finite values', async () => {
    const flat = { count: 2, mean: new Float64Array(2), covariance: new Float64Array(4) };
    await expect(distance.between(flat, flat)).rejects.toThrow(RangeError);
    const infinite = await fit.fit(Float32Array.of(1, 2, 3, 4, 5, 6, 7, Infinity, 9, 10));
    await expect(distance.between(infinite, infinite)).rejects.toThrow(CovarianceNotFinite);
  });
});
