/** Distances of single pairs, in float64: what float32 bounds leave open is decided by them. */

/**
 * Squared distance of row `rowA` of `a` and row `rowB` of `b`, both [n, dimensions]: a float64 sum of squared differences, added in one
 * order whichever point comes first, so that equal distances are equal numbers and equal points have distance 0. Once
 * the sum has passed `limit` it may stop: the result is then some number above `limit`.
 */
export function squaredDistance(
  a: Float32Array,
  rowA: number,
  b: Float32Array,
  rowB: number,
  dimensions: number,
  limit = Infinity,
): number {
  let i = rowA * dimensions;
  let j = rowB * dimensions;
  const end = i + dimensions;
  let sum = 0;
  // Eight dimensions at a time: written out it is far faster than a loop.
  for (; i + 8 <= end && sum <= limit; i += 8, j += 8) {
    const d0 = a[i]! - b[j]!;
    const d1 = a[i + 1]! - b[j + 1]!;
    const d2 = a[i + 2]! - b[j + 2]!;
    const d3 = a[i + 3]! - b[j + 3]!;
    const d4 = a[i + 4]! - b[j + 4]!;
    const d5 = a[i + 5]! - b[j + 5]!;
    const d6 = a[i + 6]! - b[j + 6]!;
    const d7 = a[i + 7]! - b[j + 7]!;
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7));
  }
  for (; i < end && sum <= limit; i++, j++) sum += (a[i]! - b[j]!) ** 2;
  return sum;
}

/** Pairs to be measured before the event loop gets a turn: some 0.1 s. */
export const pairsPerTurn = (dimensions: number): number => Math.ceil(2e8 / dimensions);
