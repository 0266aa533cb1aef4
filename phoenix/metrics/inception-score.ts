/** Inception Score (paper §3.4): confident labels for each sample, all classes over all samples. */

/**
 * exp(mean KL(p(y|x) ‖ p(y))) per split: mean and population standard deviation over `splits`.
 *
 * The split that a row falls into matters, so `order` is asked for: a seeded permutation of the n rows of
 * `logits` [n, classes]. Samples arrive grouped by client, and a split of one client's samples would measure
 * that client alone. Split i is rows ⌊i·n/splits⌋ up to ⌊(i+1)·n/splits⌋ of that order.
 *
 * @throws RangeError with fewer rows than splits.
 */
export function inceptionScore(
  logits: Float32Array,
  classes: number,
  order: ArrayLike<number>,
  splits = 10,
): { mean: number; std: number } {
  const rows = order.length;
  if (rows < splits) throw new RangeError(`${rows} samples cannot be cut into ${splits} splits`);
  const scores = Array.from({ length: splits }, (_, split) => {
    const start = Math.floor((split * rows) / splits);
    const end = Math.floor(((split + 1) * rows) / splits);
    const members = Array.from({ length: end - start }, (_, i) => {
      const row = order[start + i]!;
      return logSoftmax(logits.subarray(row * classes, (row + 1) * classes));
    });
    return splitScore(members, classes);
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / splits;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / splits;
  return { mean, std: Math.sqrt(variance) };
}

/** `logProbabilities`: one [classes] row per sample. */
function splitScore(logProbabilities: readonly Float64Array[], classes: number): number {
  const marginal = new Float64Array(classes);
  for (const row of logProbabilities) {
    for (let y = 0; y < classes; y++) marginal[y]! += Math.exp(row[y]!) / logProbabilities.length;
  }
  let divergence = 0;
  for (const row of logProbabilities) {
    for (let y = 0; y < classes; y++) {
      const probability = Math.exp(row[y]!);
      // A probability too small for a double adds nothing, and its marginal may be 0.
      if (probability > 0) divergence += probability * (row[y]! - Math.log(marginal[y]!));
    }
  }
  return Math.exp(divergence / logProbabilities.length);
}

function logSoftmax(logits: Float32Array): Float64Array {
  let largest = -Infinity;
  for (const value of logits) largest = Math.max(largest, value);
  let total = 0;
  for (const value of logits) total += Math.exp(value - largest);
  const normaliser = largest + Math.log(total);
  const logProbabilities = new Float64Array(logits.length);
  for (let y = 0; y < logits.length; y++) logProbabilities[y] = logits[y]! - normaliser;
  return logProbabilities;
}
