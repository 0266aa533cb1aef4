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
    const [rows, other] = await this.#lowerRank(a, b);
    await breathe();
    let distance = 0;
    for (let i = 0; i < d; i++) {
      const diagonal = i * d + i;
      distance += (a.mean[i]! - b.mean[i]!) ** 2 + a.covariance[diagonal]! + b.covariance[diagonal]!;
    }
    if (rows.length > 0) {
      const values = this.#matrices.eigenvalues(rows, other.covariance);
      for (const value of values) distance -= 2 * Math.sqrt(Math.max(0, value));
    }
    // Rounding can leave −1e-13 where the distance is 0.
    return Math.max(0, distance);
  }

  dispose(): void {
    this.#matrices.dispose();
  }

  /** Rows A [r, d] of AᵀA = Σ, where r is the rank of Σ, for the covariance of lower rank; and the other one. */
  async #lowerRank(a: Gaussian, b: Gaussian): Promise<[rows: Float64Array, other: Gaussian]> {
    const d = this.#dimensions;
    for (const one of [a, b]) this.#expectUsable(one);
    const first = await this.#factored(a);
    // Where both have full rank either will do.
    if (first.length === d ** 2 && b.count > d) return [first, b];
    const second = await this.#factored(b);
    return second.length < first.length ? [second, a] : [first, b];
  }

  #expectUsable({ mean, covariance }: Gaussian): void {
    const d = this.#dimensions;
    if (mean.length !== d) throw new RangeError(`features of ${mean.length} dimensions, not of ${d}`);
    // One value that is not finite makes this sum NaN; `every` takes ten times as long.
    let zero = 0;
    for (const value of covariance) zero += 0 * value;
    if (zero !== 0) throw new CovarianceNotFinite(d);
  }

  async #factored(gaussian: Gaussian): Promise<Float64Array> {
    let rows = this.#factors.get(gaussian);
    if (!rows) {
      await breathe();
      rows = this.#factor(gaussian.covariance);
      this.#factors.set(gaussian, rows);
    }
    return rows;
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
