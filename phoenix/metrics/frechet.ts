/** Fréchet distance between two Gaussians: FID when they are fitted to Inception features (paper §3.4). */
import { setImmediate as breathe } from 'node:timers/promises';
import { SymmetricMatrices } from '../engine/symmetric.ts';
import { pivotedCholesky } from './pivoted-cholesky.ts';
import type { Gaussian } from './statistics.ts';

/** A covariance with values that are not finite: it has no distance to anything. */
export class CovarianceNotFinite extends Error {
  override readonly name = 'CovarianceNotFinite';
  readonly dimensions: number;

  constructor(dimensions: number) {
    super(`a ${dimensions} × ${dimensions} covariance has values that are not finite`);
    this.dimensions = dimensions;
  }
}

/** A Gaussian with the rows A [r, d] of AᵀA = Σ, r the rank of Σ. */
interface Factored {
  readonly gaussian: Gaussian;
  readonly rows: Float64Array;
}

/** Distances in one dimension. It owns memory outside the JavaScript heap: call `dispose` when done. */
export class FrechetDistance {
  readonly #dimensions: number;
  readonly #matrices: SymmetricMatrices;
  /** Factors, for as long as their Gaussians are in use: a reference is compared many times. */
  readonly #factors = new WeakMap<Gaussian, Float64Array>();

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#matrices = new SymmetricMatrices(dimensions);
  }

  /**
   * |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2·√(Σ₁Σ₂)) (Heusel et al. 2017).
   *
   * With Σ₁ = AᵀA the eigenvalues of Σ₁Σ₂ are those of A·Σ₂·Aᵀ, which is symmetric. The covariance of lower rank gives
   * A, so that this matrix has full rank: the root of an eigenvalue that should be 0 would be far from it.
   *
   * @throws RangeError when the dimensions differ; CovarianceNotFinite
   */
  async between(a: Gaussian, b: Gaussian): Promise<number> {
    const d = this.#dimensions;
    const [few, many] = [await this.#factored(a), await this.#factored(b)].toSorted(
      (one, other) => one.rows.length - other.rows.length,
    ) as [Factored, Factored];
    await breathe();
    let distance = 0;
    for (let i = 0; i < d; i++) {
      const diagonal = i * d + i;
      distance += (a.mean[i]! - b.mean[i]!) ** 2 + a.covariance[diagonal]! + b.covariance[diagonal]!;
    }
    if (few.rows.length > 0) {
      const values = this.#matrices.eigenvalues(few.rows, many.gaussian.covariance);
      for (const value of values) distance -= 2 * Math.sqrt(Math.max(0, value));
    }
    // Rounding can leave −1e-13 where the distance is 0.
    return Math.max(0, distance);
  }

  dispose(): void {
    this.#matrices.dispose();
  }

  async #factored(gaussian: Gaussian): Promise<Factored> {
    const d = this.#dimensions;
    if (gaussian.mean.length !== d) {
      throw new RangeError(`features of ${gaussian.mean.length} dimensions, not of ${d}`);
    }
    let rows = this.#factors.get(gaussian);
    if (!rows) {
      if (!gaussian.covariance.every(Number.isFinite)) throw new CovarianceNotFinite(d);
      await breathe();
      rows = this.#factor(gaussian.covariance);
      this.#factors.set(gaussian, rows);
    }
    return { gaussian, rows };
  }

  /** Cholesky's factor where the matrix is safely positive definite; it takes a tenth of the time of the other. */
  #factor(covariance: Float64Array): Float64Array {
    const d = this.#dimensions;
    const upper = this.#matrices.cholesky(covariance);
    const diagonal = (matrix: Float64Array) => Float64Array.from({ length: d }, (_, i) => matrix[i * d + i]!);
    const negligible = d * Number.EPSILON * diagonal(covariance).reduce((a, b) => Math.max(a, b));
    // Where the factorisation broke off there is NaN, which is not large enough either.
    const definite = diagonal(upper).every((root) => root ** 2 > negligible);
    return definite ? upper : pivotedCholesky(covariance, d);
  }
}
