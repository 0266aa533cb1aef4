import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EigenvaluesDiverged, symmetricEigen } from '../../../phoenix/metrics/eigen.ts';

/** Symmetric [n, n] matrices; small whole numbers make equal and zero eigenvalues common. */
const symmetric = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n * n, maxLength: n * n }).map((values) => ({
    n,
    matrix: Float64Array.from(values, (_, i) => values[Math.min(i, (i % n) * n + Math.floor(i / n))]!),
  })),
);

describe('symmetricEigen', () => {
  it('gives orthonormal vectors with A·v = λ·v', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix }) => {
        const { values, vectors } = symmetricEigen(matrix, n);
        for (let e = 0; e < n; e++) {
          const v = vectors.subarray(e * n, (e + 1) * n);
          for (let i = 0; i < n; i++) {
            const image = v.reduce((sum, component, j) => sum + matrix[i * n + j]! * component, 0);
            expect(Math.abs(image - values[e]! * v[i]!)).toBeLessThan(1e-12);
          }
          for (let other = 0; other < n; other++) {
            const product = v.reduce((sum, component, j) => sum + component * vectors[other * n + j]!, 0);
            expect(Math.abs(product - (e === other ? 1 : 0))).toBeLessThan(1e-13);
          }
        }
      }),
    );
  });

  it('knows the eigenvalues of a path: 2 − 2·cos(kπ/(n + 1))', () => {
    const n = 40;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
    }
    const values = symmetricEigen(matrix, n).values.toSorted();
    values.forEach((value, i) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((i + 1) * Math.PI) / (n + 1)), 13),
    );
  });

  it('refuses what has no eigenvalues', () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(EigenvaluesDiverged);
    expect(() => symmetricEigen(Float64Array.of(1, Infinity, Infinity, 1), 2)).toThrow(EigenvaluesDiverged);
  });
});
