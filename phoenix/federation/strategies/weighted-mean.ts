/** The one sum that every averaging strategy is made of. */

/** Elements that are summed at a time: their sums stay in the nearest cache. */
const PART = 1024;

const sums = new Float64Array(PART);

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
  for (let start = 0; start < out.length; start += PART) {
    const length = Math.min(PART, out.length - start);
    sums.fill(0);
    let k = 0;
    for (; k + 8 <= blocks.length; k += 8) addEight(blocks, weights, k, start, length);
    for (; k + 2 < blocks.length; k += 2) addTwo(blocks, weights, k, start, length);
    const [a, b] = [blocks[k] ?? blocks[0]!, blocks[k + 1] ?? blocks[0]!];
    finish(a, weights[k] ?? 0, b, weights[k + 1] ?? 0, total, out, start, length);
  }
}

// Functions of their own, with nothing but arrays and numbers, so that V8 compiles them to plain loops. With several models
// at a time each sum is read and written less often; the order of its terms is the same.

function addEight(
  blocks: readonly Float32Array[],
  weights: readonly number[],
  k: number,
  start: number,
  length: number,
): void {
  const [a, b, c, d] = [blocks[k]!, blocks[k + 1]!, blocks[k + 2]!, blocks[k + 3]!];
  const [e, f, g, h] = [blocks[k + 4]!, blocks[k + 5]!, blocks[k + 6]!, blocks[k + 7]!];
  const [wa, wb, wc, wd] = [weights[k]!, weights[k + 1]!, weights[k + 2]!, weights[k + 3]!];
  const [we, wf, wg, wh] = [weights[k + 4]!, weights[k + 5]!, weights[k + 6]!, weights[k + 7]!];
  for (let i = 0; i < length; i++) {
    const at = start + i;
    const four = sums[i]! + wa * a[at]! + wb * b[at]! + wc * c[at]! + wd * d[at]!;
    sums[i] = four + we * e[at]! + wf * f[at]! + wg * g[at]! + wh * h[at]!;
  }
}

function addTwo(
  blocks: readonly Float32Array[],
  weights: readonly number[],
  k: number,
  start: number,
  length: number,
): void {
  const [a, b] = [blocks[k]!, blocks[k + 1]!];
  const [wa, wb] = [weights[k]!, weights[k + 1]!];
  for (let i = 0; i < length; i++) sums[i] = sums[i]! + wa * a[start + i]! + wb * b[start + i]!;
}

/** Adds the last two models and divides, which costs nothing beside that; weights of 0 stand for models that are not there. */
function finish(
  a: Float32Array,
  wa: number,
  b: Float32Array,
  wb: number,
  total: number,
  out: Float32Array | Float64Array,
  start: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    const at = start + i;
    out[at] = (sums[i]! + wa * a[at]! + wb * b[at]!) / total;
  }
}
