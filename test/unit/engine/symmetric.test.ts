import { afterAll, describe, expect, it } from 'vitest';
import { SymmetricMatrices } from '../../../phoenix/engine/symmetric.ts';

const d = 40;
const matrices = new SymmetricMatrices(d);
afterAll(() => matrices.dispose());

const matrixOf = (value: (i: number, j: number) => number) =>
  Float64Array.from({ length: d * d }, (_, at) => value(Math.floor(at / d), at % d));
const identity = matrixOf((i, j) => (i === j ? 1 : 0));
/** Second differences: eigenvalues 2 − 2·cos(kπ/(d + 1)). */
const path = matrixOf((i, j) => [2, -1][Math.abs(i - j)] ?? 0);

describe('SymmetricMatrices', () => {
  it('knows the eigenvalues of a path in ascending order, to the last digits', () => {
    const values = matrices.eigenvalues(identity, path);
    expect(values).toHaveLength(d);
    values.forEach((value, k) =>
      expect(Math.abs(value - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (d + 1))))).toBeLessThan(1e-14),
    );
  });

  it('takes few rows: one gives a·Σ·aᵀ, in float64', () => {
    const row = Float64Array.from({ length: d }, (_, i) => (i === 0 ? 1 + 2 ** -50 : 0));
    expect([...matrices.eigenvalues(row, identity)]).toEqual([(1 + 2 ** -50) ** 2]);
  });

  it('has the factor U, upper triangular, of UᵀU = Σ', () => {
    const upper = matrices.cholesky(path);
    const product = matrixOf((i, j) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += upper[k * d + i]! * upper[k * d + j]!;
      return sum;
    });
    product.forEach((value, at) => expect(Math.abs(value - path[at]!)).toBeLessThan(1e-14));
    expect(upper[d]).toBe(0);
  });

  it('has NaN in the factor of what is not positive definite', () => {
    const upper = matrices.cholesky(matrixOf((i, j) => (i === j ? -1 : 0)));
    expect(upper.some(Number.isNaN)).toBe(true);
  });
});
