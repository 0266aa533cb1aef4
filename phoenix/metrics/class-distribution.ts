/** Classification distribution (paper §3.4): how many samples a classifier gives to each class. */
import { share, type Share } from './intervals.ts';

/** Column of the largest value of each row of `values`, [rows, columns]; ties: the lowest column. */
export function largestPerRow(values: Float32Array, rows: number): Uint8Array {
  const columns = values.length / rows;
  return Uint8Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let column = 1; column < columns; column++) {
      if (values[row * columns + column]! > values[row * columns + best]!) best = column;
    }
    return best;
  });
}

/** Counts per class, in class order: [classes]. */
export function classCounts(labels: Uint8Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label]!++;
  return counts;
}

export interface ClassDistribution {
  /** Of the samples, in class order. */
  readonly shares: readonly Share[];
  /** Total variation distance from the uniform distribution, ½·Σ|share − 1/classes|: 0 to 1 − 1/classes. */
  readonly distanceFromUniform: number;
  /** What that distance is on average for as many samples of evenly distributed classes: less than this says nothing. */
  readonly distanceByChance: number;
}

/** @throws RangeError without samples */
export function classDistribution(counts: readonly number[]): ClassDistribution {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  if (samples === 0) throw new RangeError('no samples have no class distribution');
  const even = 1 / counts.length;
  const distance = counts.reduce((sum, count) => sum + Math.abs(count / samples - even), 0) / 2;
  // Mean absolute deviation of a share from its mean, by the normal approximation of its binomial distribution.
  const deviation = Math.sqrt((2 / Math.PI) * ((even * (1 - even)) / samples));
  return {
    shares: counts.map((count) => share(count, samples)),
    distanceFromUniform: distance,
    distanceByChance: (counts.length * deviation) / 2,
  };
}
