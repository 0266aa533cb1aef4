/** What all releases so far have cost a client together: ε at the run's δ. */
import { renyiDivergence, type SampledGaussian } from './sampled-gaussian.ts';

/** (ε, δ): what somebody learns about a client's updates from all averages so far. */
export interface PrivacySpent {
  /** Null: there was no noise, and no bound holds. */
  readonly epsilon: number | null;
  readonly delta: number;
}

/** Of Rényi divergence: 1.1 to 10.9, 11 to 63, and powers of two for a lot of noise, as in Google's dp_accounting. */
const orders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  64,
  128,
  256,
  512,
  1024,
];

/** After so many releases of one mechanism, to each of which the client may have contributed. */
export function privacySpent(mechanism: SampledGaussian, releases: number, delta: number): PrivacySpent {
  const divergences = orders.map((order) => releases * renyiDivergence(mechanism, order));
  const epsilon = epsilonOf(orders, divergences, delta);
  return { epsilon: epsilon === Infinity ? null : epsilon, delta };
}

/**
 * The smallest ε at `delta` that follows from Rényi divergences at these orders: Canonne, Kamath and Steinke 2020, "The
 * Discrete Gaussian for Differential Privacy", proposition 12.
 *
 * @param orders above 1
 */
export function epsilonOf(orders: readonly number[], divergences: readonly number[], delta: number): number {
  const bounds = orders.map(
    (order, i) => divergences[i]! + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1),
  );
  return Math.max(0, Math.min(...bounds));
}
