/** What the golden files keep of a tensor that is too large to print: a few sums, in float64. */
export interface Fingerprint {
  readonly n: number;
  readonly l2: number;
  readonly sum: number;
  /** Weighted by cos(0.7·i + 0.3): it changes when elements change places. */
  readonly dot: number;
}

export function fingerprint(values: ArrayLike<number>): Fingerprint {
  let [squares, sum, dot] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    squares += value * value;
    sum += value;
    dot += value * Math.cos(0.7 * i + 0.3);
  }
  return { n: values.length, l2: Math.sqrt(squares), sum, dot };
}
