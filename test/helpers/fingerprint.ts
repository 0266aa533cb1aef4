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

/** How far apart two tensors of equally many elements are at least: the largest error of a sum, over its scale. */
export function fingerprintGap(got: Fingerprint, want: Fingerprint): number {
  if (got.n !== want.n) return Infinity;
  const scale = want.l2 * Math.sqrt(want.n);
  return Math.max(
    Math.abs(got.l2 / want.l2 - 1),
    Math.abs(got.sum - want.sum) / scale,
    Math.abs(got.dot - want.dot) / scale,
  );
}
