import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pivotedCholesky } from '../../../phoenix/metrics/pivoted-cholesky.ts';

const d = 6;
/** BᵀB of whole numbers B [r, 6]: of rank r or less. */
const semidefinite = fc
  .array(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: d, maxLength: d }), { maxLength: d })
  .map((rows) => ({
    rank: rows.length,
    matrix: Float64Array.from({ length: d * d }, (_, at) =>
      rows.reduce((sum, row) => sum + row[Math.floor(at / d)]! * row[at % d]!, 0),
    ),
  }));

describe('pivotedCholesky', () => {
  it('gives rows A with AᵀA = the matrix, as many as its rank at most', () => {
    fc.assert(
      fc.property(semidefinite, ({ rank, matrix }) => {
        const rows = pivotedCholesky(matrix, d);
        expect(rows.length).toBeLessThanOrEqual(rank * d);
        matrix.forEach((expected, at) => {
          let sum = 0;
          for (let row = 0; row < rows.length; row += d)
            sum += rows[row + Math.floor(at / d)]! * rows[row + (at % d)]!;
          expect(Math.abs(sum - expected)).toBeLessThan(1e-10);
        });
      }),
    );
  });

  it('has no rows for a matrix of zeros', () => {
    expect(pivotedCholesky(new Float64Array(d * d), d)).toHaveLength(0);
  });
});
