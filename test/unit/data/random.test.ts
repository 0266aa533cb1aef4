import { describe, expect, it } from 'vitest';
import { dirichlet, standardNormal } from '../../../phoenix/data/random.ts';

describe('standardNormal', () => {
  it('has mean 0 and variance 1, and depends on the seed alone', () => {
    const next = standardNormal(5);
    const values = Array.from({ length: 100_000 }, next);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Five standard errors.
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(variance - 1)).toBeLessThan(0.023);
    expect(standardNormal(5)()).toBe(values[0]);
    expect(standardNormal(6)()).not.toBe(values[0]);
  });
});

describe('dirichlet', () => {
  it.each([0.01, 0.1, 1, 10])(
    'of concentration %d has shares with the mean and variance it should have',
    (a) => {
      const [size, draws] = [5, 4000];
      const first = Array.from({ length: draws }, (_, seed) => {
        const shares = dirichlet(size, a, seed);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
        return shares[0]!;
      });
      const mean = first.reduce((sum, share) => sum + share, 0) / draws;
      const variance = first.reduce((sum, share) => sum + (share - mean) ** 2, 0) / draws;
      // Of one share: 1/n and (n − 1) / n² / (n·a + 1).
      const expected = (size - 1) / size ** 2 / (size * a + 1);
      expect(Math.abs(mean - 1 / size)).toBeLessThan(5 * Math.sqrt(expected / draws));
      expect(variance / expected).toBeGreaterThan(0.85);
      expect(variance / expected).toBeLessThan(1.15);
    },
  );

  it('gives one everything where all shares are too small for numbers', () => {
    const shares = Array.from({ length: 3000 }, (_, seed) => dirichlet(1, 0.01, seed)[0]);
    expect(new Set(shares)).toEqual(new Set([1]));
  });
});
