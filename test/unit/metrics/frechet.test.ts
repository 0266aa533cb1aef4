import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frechetDistance } from '../../../phoenix/metrics/frechet.ts';
import { gaussian } from '../../../phoenix/metrics/statistics.ts';

const dimensions = 5;
/** [n, 5] with n from 2: fewer samples than dimensions are common. */
const features = fc
  .array(fc.tuple(...Array.from({ length: dimensions }, () => fc.integer({ min: -20, max: 20 }))), {
    minLength: 2,
    maxLength: 12,
  })
  .map((rows) => Float32Array.from(rows.flat()));

describe('frechetDistance', () => {
  it('in one dimension is (μ₁ − μ₂)² + (σ₁ − σ₂)²', () => {
    const a = { mean: Float64Array.of(1), covariance: Float64Array.of(9) };
    const b = { mean: Float64Array.of(3), covariance: Float64Array.of(4) };
    expect(frechetDistance(a, b)).toBeCloseTo(5, 12);
  });

  it('is symmetric, not negative, and 0 for a set and itself', () => {
    fc.assert(
      fc.property(features, features, (first, second) => {
        const a = gaussian(first, dimensions);
        const b = gaussian(second, dimensions);
        const distance = frechetDistance(a, b);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(Math.abs(frechetDistance(b, a) - distance)).toBeLessThan(1e-8);
        expect(frechetDistance(a, a)).toBeLessThan(1e-8);
      }),
    );
  });

  it('of a shifted set is the squared shift', () => {
    fc.assert(
      fc.property(features, fc.integer({ min: -9, max: 9 }), (own, shift) => {
        const moved = gaussian(
          own.map((value) => value + shift),
          dimensions,
        );
        expect(
          Math.abs(frechetDistance(gaussian(own, dimensions), moved) - dimensions * shift ** 2),
        ).toBeLessThan(1e-8);
      }),
    );
  });

  it('of a point and a cloud is the squared distance of the means plus the variance', () => {
    const point = gaussian(Float32Array.of(0, 0, 0, 0), 2);
    const cloud = gaussian(Float32Array.of(2, 0, 4, 0), 2);
    expect(frechetDistance(point, cloud)).toBe(11);
  });

  it('compares equal dimensions only', () => {
    expect(() =>
      frechetDistance(gaussian(Float32Array.of(1, 2), 1), gaussian(Float32Array.of(1, 2, 3, 4), 2)),
    ).toThrow(RangeError);
  });
});
