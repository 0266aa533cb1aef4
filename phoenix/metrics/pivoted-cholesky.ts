/** Cholesky factor of a covariance of any rank: fewer samples than dimensions leave directions without variance. */

/**
 * Rows A [r, d], r the rank, with AᵀA = `matrix` [d, d], symmetric and positive semidefinite. Each step takes the
 * direction of the largest variance that is left (Higham 1990, "Analysis of the Cholesky decomposition of a
 * semi-definite matrix"); what is left at rounding error is no direction. r²·d multiplications.
 */
export function pivotedCholesky(matrix: Float64Array, d: number): Float64Array {
  const left = Float64Array.from({ length: d }, (_, i) => matrix[i * d + i]!);
  const negligible = d * Number.EPSILON * Math.max(...left);
  const rows = new Float64Array(d * d);
  let rank = 0;
  for (; rank < d; rank++) {
    const pivot = left.reduce((best, value, i) => (value > left[best]! ? i : best), 0);
    if (!(left[pivot]! > negligible)) break;
    const row = rows.subarray(rank * d, (rank + 1) * d);
    row.set(matrix.subarray(pivot * d, (pivot + 1) * d));
    for (let k = 0; k < rank; k++) subtract(row, rows.subarray(k * d, (k + 1) * d), rows[k * d + pivot]!);
    const root = Math.sqrt(left[pivot]!);
    for (let i = 0; i < d; i++) {
      row[i]! /= root;
      left[i]! -= row[i]! ** 2;
    }
    left[pivot] = -Infinity; // taken
  }
  return rows.subarray(0, rank * d);
}

/** `row` −= `factor` · `other` */
function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < row.length; i++) row[i]! -= factor * other[i]!;
}
