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

export interface ClassShare {
  readonly count: number;
  readonly share: number;
  /** Of the share, 95 %. */
  readonly interval: readonly [low: number, high: number];
}

export interface ClassDistribution {
  readonly classes: readonly ClassShare[];
  /** Total variation distance from the uniform distribution, ½·Σ|share − 1/classes|: 0 to 1 − 1/classes. */
  readonly distanceFromUniform: number;
  /** What that distance is on average for as many samples of evenly distributed classes: less than this says nothing. */
  readonly distanceByChance: number;
}

/** 97.5 % quantile of the normal distribution. */
const QUANTILE = 1.959964;

/** @throws RangeError without samples */
export function classDistribution(counts: readonly number[]): ClassDistribution {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  if (samples === 0) throw new RangeError('no samples have no class distribution');
  const even = 1 / counts.length;
  const distance = counts.reduce((sum, count) => sum + Math.abs(count / samples - even), 0) / 2;
  // Mean absolute deviation of a share from its mean, by the normal approximation of its binomial distribution.
  const deviation = Math.sqrt((2 / Math.PI) * ((even * (1 - even)) / samples));
  return {
    classes: counts.map((count) => ({ count, share: count / samples, interval: wilson(count, samples) })),
    distanceFromUniform: distance,
    distanceByChance: (counts.length * deviation) / 2,
  };
}

/** Wilson's score interval (1927) of a share: sensible for shares of 0 and 1 and for few samples. */
function wilson(count: number, samples: number): [number, number] {
  const share = count / samples;
  const z2 = QUANTILE ** 2 / samples;
  const centre = share + z2 / 2;
  const margin = Math.sqrt(z2 * (share * (1 - share) + z2 / 4));
  return [Math.max(0, (centre - margin) / (1 + z2)), Math.min(1, (centre + margin) / (1 + z2))];
}
