/** Fréchet distance between two Gaussians: FID when they are fitted to Inception features (paper §3.4). */
import { symmetricEigen } from './eigen.ts';
import type { Gaussian } from './statistics.ts';

/**
 * |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2·√(Σ₁Σ₂)).
 *
 * With factors Σ = R·Rᵀ the trace of √(Σ₁Σ₂) is the sum of the singular values of R₁ᵀR₂. The factors have as
 * many columns as their covariance has rank, so fewer samples than dimensions cost no accuracy.
 *
 * @throws RangeError when the dimensions differ; EigenvaluesDiverged when a value is not finite.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const dimensions = a.mean.length;
  if (b.mean.length !== dimensions) {
    throw new RangeError(`features of ${dimensions} and of ${b.mean.length} dimensions cannot be compared`);
  }
  let distance = 0;
  for (let i = 0; i < dimensions; i++) {
    const diagonal = i * dimensions + i;
    distance += (a.mean[i]! - b.mean[i]!) ** 2 + a.covariance[diagonal]! + b.covariance[diagonal]!;
  }
  const overlap = nuclearNorm(factor(a.covariance, dimensions), factor(b.covariance, dimensions), dimensions);
  // Rounding can leave −1e-13 where the distance is 0.
  return Math.max(0, distance - 2 * overlap);
}

/** The columns of R, each [d]: eigenvectors of the covariance times the roots of their eigenvalues. */
function factor(covariance: Float64Array, d: number): Float64Array[] {
  const { values, vectors } = symmetricEigen(covariance, d);
  const largest = Math.max(...values);
  const columns: Float64Array[] = [];
  values.forEach((value, i) => {
    // What is smaller is rounding error: a direction in which the features do not vary.
    if (value <= largest * d * Number.EPSILON) return;
    const root = Math.sqrt(value);
    columns.push(vectors.subarray(i * d, (i + 1) * d).map((component) => root * component));
  });
  return columns;
}

/**
 * Sum of the singular values of R₁ᵀR₂: the roots of the eigenvalues of the smaller of its two Gram matrices.
 */
function nuclearNorm(r1: readonly Float64Array[], r2: readonly Float64Array[], d: number): number {
  const [few, many] = r1.length <= r2.length ? [r1, r2] : [r2, r1];
  const rows = few.map((column) => Float64Array.from(many, (other) => dot(column, other, d)));
  const gram = new Float64Array(few.length ** 2);
  rows.forEach((row, i) =>
    rows.forEach((other, j) => (gram[i * few.length + j] = dot(row, other, many.length))),
  );
  return symmetricEigen(gram, few.length).values.reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  );
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
  return sum;
}
