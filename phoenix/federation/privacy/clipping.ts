/**
 * Clipping to a fixed norm, and the noise that goes with it: DP-FedAvg (McMahan, Ramage, Talwar and Zhang 2018,
 * "Learning Differentially Private Recurrent Language Models").
 */

export interface PrivacySettings {
  /** C: the largest l2 norm of one client's update over all tensors; longer ones are scaled down to it. */
  readonly clip: number;
  /** z: standard deviation of the noise, as a multiple of what one client can change. 0: no noise. */
  readonly noiseMultiplier: number;
}

/**
 * What an update is multiplied by, so that it is no longer than `clip`.
 *
 * @param norm l2 norm over all tensors of (client's weights − global weights)
 * @throws RangeError when the norm is not a number, or infinite: no factor would make such an update harmless
 */
export function clippingFactor(norm: number, clip: number): number {
  if (!(norm >= 0 && norm < Infinity)) throw new RangeError(`the norm of an update is ${norm}`);
  return norm > clip ? clip / norm : 1;
}

/**
 * Standard deviation of the noise in each weight of an average of clipped updates: z times the average's l2
 * sensitivity, which is C times the largest share, C / n among n clients with equally many examples. Sensitive to
 * what: a client's update, with zeros in its place ("zero-out"); who takes part, and the shares, are public.
 *
 * @param examples of each client, whose part in their sum is its share; more than none
 */
export function noiseStdOf({ clip, noiseMultiplier }: PrivacySettings, examples: readonly number[]): number {
  const total = examples.reduce((sum, own) => sum + own, 0);
  return (noiseMultiplier * clip * Math.max(...examples)) / total;
}
