/** What is said about repeated measurements. */

export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
  readonly min: number;
  readonly max: number;
  /** In the order measured. */
  readonly values: readonly number[];
}

/** @throws RangeError without values */
export function summarise(values: readonly number[]): Summary {
  return {
    median: quantile(values, 0.5),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    min: quantile(values, 0),
    max: quantile(values, 1),
    values,
  };
}

/** Linear interpolation between the two neighbours in order, as numpy does by default. `share` is from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('there is no quantile of no values');
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const [a, b] = [sorted[below]!, sorted[Math.ceil(position)]!];
  return a + (position - below) * (b - a);
}

export interface Comparison {
  /** Median of ours over median of theirs: below 1, ours is quicker. */
  readonly ratio: number;
  /** Median of the ratios round by round, which a slow drift of the machine leaves alone. */
  readonly pairedRatio: number;
}

/** @throws RangeError unless there are as many of the one as of the other, and some */
export function compare(ours: readonly number[], theirs: readonly number[]): Comparison {
  if (ours.length !== theirs.length) throw new RangeError('rounds without their counterpart');
  return {
    ratio: quantile(ours, 0.5) / quantile(theirs, 0.5),
    pairedRatio: quantile(
      ours.map((value, round) => value / theirs[round]!),
      0.5,
    ),
  };
}
