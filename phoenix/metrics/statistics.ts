/** Mean and covariance of features, in float64. */
import { setImmediate as breathe } from 'node:timers/promises';
import { CovarianceSums } from '../engine/covariance.ts';

/** A Gaussian fitted to features of dimension d. */
export interface Gaussian {
  /** n: rows it was fitted to. */
  readonly count: number;
  /** [d] */
  readonly mean: Float64Array;
  /** [d, d], divided by n − 1. */
  readonly covariance: Float64Array;
}

/** Features in one piece [n, d], or in pieces of whole rows, as they are computed or read. */
export type Features = Float32Array | Iterable<Float32Array> | AsyncIterable<Float32Array>;

/** Multiplications in one stretch: a second at most, for the event loop waits that long. */
const STRETCH = 4e9;
/** Rows that are in float64 at a time, at most. */
const MOST_ROWS = 2048;

/** Fits Gaussians to features of one dimension. It owns memory outside the JavaScript heap: call `dispose` when done. */
export class GaussianFit {
  readonly #dimensions: number;
  readonly #sums: CovarianceSums;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#sums = new CovarianceSums(dimensions);
  }

  /**
   * Fits a Gaussian to `features` [n, d]. Other events are served between blocks of rows; one fit at a time.
   *
   * @param onRows is told the rows fitted so far, after each block
   * @throws RangeError with fewer than two rows, or when a piece is not whole rows
   */
  async fit(features: Features, onRows?: (rows: number) => void): Promise<Gaussian> {
    const d = this.#dimensions;
    const block = d * Math.min(MOST_ROWS, Math.max(1, Math.floor(STRETCH / d ** 2)));
    let rows = 0;
    this.#sums.reset();
    for await (const piece of features instanceof Float32Array ? [features] : features) {
      if (piece.length % d !== 0) throw new RangeError(`${piece.length} values are not rows of ${d}`);
      for (let at = 0; at < piece.length; at += block) {
        const part = piece.subarray(at, at + block);
        this.#sums.add(part);
        rows += part.length / d;
        onRows?.(rows);
        await breathe();
      }
    }
    if (rows < 2) throw new RangeError(`a covariance needs at least two rows, not ${rows}`);
    const { shift, sum, products: covariance } = this.#sums.read();
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        covariance[i * d + j] = (covariance[i * d + j]! - (sum[i]! * sum[j]!) / rows) / (rows - 1);
      }
    }
    return { count: rows, mean: shift.map((value, i) => value + sum[i]! / rows), covariance };
  }

  dispose(): void {
    this.#sums.dispose();
  }
}

/**
 * The Gaussian of the union of sets whose Gaussians are given (Chan, Golub and LeVeque 1983).
 *
 * @throws RangeError when their dimensions differ
 */
export function pooled(parts: readonly Gaussian[]): Gaussian {
  const d = parts[0]!.mean.length;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const mean = new Float64Array(d);
  for (const part of parts) {
    if (part.mean.length !== d)
      throw new RangeError(`features of ${d} and of ${part.mean.length} dimensions`);
    for (let i = 0; i < d; i++) mean[i]! += (part.count / count) * part.mean[i]!;
  }
  const covariance = new Float64Array(d * d);
  for (const part of parts) {
    const within = (part.count - 1) / (count - 1);
    const between = part.count / (count - 1);
    for (let i = 0; i < d; i++) {
      const offset = between * (part.mean[i]! - mean[i]!);
      for (let j = 0; j < d; j++) {
        covariance[i * d + j]! += within * part.covariance[i * d + j]! + offset * (part.mean[j]! - mean[j]!);
      }
    }
  }
  return { count, mean, covariance };
}
