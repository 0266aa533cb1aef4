/**
 * Exponential moving average of the global weights over the rounds. What is measured, sampled and exported are the
 * averages; training goes on from the weights themselves.
 */

/**
 * The share of the average, 0 … 1, that a round (from 1) keeps: it rises to `decay`, so that the first rounds' weights are
 * not in it for ever. As diffusers' `EMAModel` has it, with rounds for steps; in the first round the average is the weights.
 */
export function keptShare(round: number, decay: number): number {
  return round <= 1 ? 0 : Math.min(decay, round / (9 + round));
}

/** `out[i] = share·average[i] + (1 − share)·weights[i]`, in float64 and rounded once. All are of one length. */
export function moveAverage(
  average: Float32Array,
  weights: Float32Array,
  share: number,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) out[i] = share * average[i]! + (1 - share) * weights[i]!;
}
