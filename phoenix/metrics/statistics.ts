/** Mean and covariance of features, in float64. */

/** A Gaussian fitted to features of dimension d. */
export interface Gaussian {
  /** [d] */
  readonly mean: Float64Array;
  /** [d, d], divided by n − 1. */
  readonly covariance: Float64Array;
}

/**
 * Fits a Gaussian to `features` [n, dimensions].
 *
 * @throws RangeError with fewer than two rows, or when the length is not a multiple of `dimensions`.
 */
export function gaussian(features: Float32Array, dimensions: number): Gaussian {
  const rows = features.length / dimensions;
  if (!Number.isInteger(rows))
    throw new RangeError(`${features.length} values are not rows of ${dimensions}`);
  if (rows < 2) throw new RangeError(`a covariance needs at least two rows, not ${rows}`);

  const mean = new Float64Array(dimensions);
  for (let i = 0; i < features.length; i++) mean[i % dimensions]! += features[i]!;
  for (let j = 0; j < dimensions; j++) mean[j]! /= rows;

  const covariance = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < dimensions; j++) centred[j] = features[row * dimensions + j]! - mean[j]!;
    for (let i = 0; i < dimensions; i++) {
      const own = centred[i]!;
      for (let j = 0; j <= i; j++) covariance[i * dimensions + j]! += own * centred[j]!;
    }
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * dimensions + j]! / (rows - 1);
      covariance[i * dimensions + j] = value;
      covariance[j * dimensions + i] = value;
    }
  }
  return { mean, covariance };
}
