/** The one sum that every averaging strategy is made of. */

/**
 * `out[i] = Σ_k weights[k]·blocks[k][i] / Σ_k weights[k]`, in float64 and by ascending k: a fixed order of models gives the
 * same bytes every time.
 *
 * @param blocks of one length, at least one
 */
export function weightedMean(
  blocks: readonly Float32Array[],
  weights: readonly number[],
  out: Float32Array | Float64Array,
): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sums = new Float64Array(out.length);
  let k = 0;
  for (; k + 4 <= blocks.length; k += 4) addFour(sums, blocks, weights, k);
  for (; k < blocks.length; k++) addOne(sums, blocks[k]!, weights[k]!);
  divide(sums, total, out);
}

// Functions of their own, with nothing but arrays and numbers, so that V8 compiles them to plain loops. Four models at a
// time: the sums go through memory less often, and are added in the same order.

function addFour(
  sums: Float64Array,
  blocks: readonly Float32Array[],
  weights: readonly number[],
  k: number,
): void {
  const [a, b, c, d] = [blocks[k]!, blocks[k + 1]!, blocks[k + 2]!, blocks[k + 3]!];
  const [p, q, r, s] = [weights[k]!, weights[k + 1]!, weights[k + 2]!, weights[k + 3]!];
  for (let i = 0; i < sums.length; i++) {
    sums[i] = sums[i]! + p * a[i]! + q * b[i]! + r * c[i]! + s * d[i]!;
  }
}

function addOne(sums: Float64Array, block: Float32Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += weight * block[i]!;
}

function divide(sums: Float64Array, divisor: number, out: Float32Array | Float64Array): void {
  for (let i = 0; i < sums.length; i++) out[i] = sums[i]! / divisor;
}
