/** Classification distribution (paper §3.4): how many samples a classifier gives to each class. */

/**
 * Counts of the largest logit per class, in class order: [classes]. `logits`: [n, classes]; ties: the lowest
 * class.
 */
export function classCounts(logits: Float32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (let start = 0; start < logits.length; start += classes) {
    let best = 0;
    for (let label = 1; label < classes; label++) {
      if (logits[start + label]! > logits[start + best]!) best = label;
    }
    counts[best]!++;
  }
  return counts;
}
