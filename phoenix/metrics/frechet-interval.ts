/** How far a Fréchet distance can be trusted, by the jackknife over groups of the measured samples. */
import { rowsAt } from './feature-set.ts';
import type { FrechetDistance } from './frechet.ts';
import { pooled, type Gaussian, type GaussianFit } from './statistics.ts';

export interface FrechetInterval {
  readonly distance: number;
  /** 95 % of intervals made like this one hold the distance that sets of this size have on average. */
  readonly interval: readonly [low: number, high: number];
}

/** Groups, and the 97.5 % quantile of Student's t with one degree of freedom less. */
const MANY = { groups: 10, quantile: 2.262 };
const FEW = { groups: 5, quantile: 2.776 };
/** From here on a single distance takes seconds. */
const LARGE = 1024;

/**
 * The distance of `features` [n, d] from `reference`, with its jackknife of deleted groups (Efron and Tibshirani 1993,
 * chapter 11; Shao and Tu 1995, chapter 2): the distance is measured again without each of the groups. Gaussians of the
 * groups add up to those of all but one, so the features are gone through once. A bootstrap would draw rows twice, which
 * takes rank from the covariance and is biased most where samples are few; the jackknife draws none twice. The interval
 * is about the choice of samples alone: the reference counts as given.
 *
 * @param order a seeded permutation of the n rows: every tenth of it, or fifth in 1,024 dimensions and more, is a group
 * @throws RangeError with fewer than two rows for each group
 */
export async function frechetInterval(
  frechet: FrechetDistance,
  fit: GaussianFit,
  reference: Gaussian,
  features: Float32Array,
  order: ArrayLike<number>,
): Promise<FrechetInterval> {
  const d = reference.mean.length;
  const { groups, quantile } = d >= LARGE ? FEW : MANY;
  if (order.length < 2 * groups) {
    throw new RangeError(`${order.length} samples cannot be cut into ${groups} groups of two or more`);
  }
  const parts: Gaussian[] = [];
  for (let group = 0; group < groups; group++) {
    const size = Math.ceil((order.length - group) / groups);
    const rows = Int32Array.from({ length: size }, (_, i) => order[group + i * groups]!);
    parts.push(await fit.fit(rowsAt(features, d, rows)));
  }
  const distance = await frechet.between(reference, pooled(parts));
  const without: number[] = [];
  for (const part of parts) {
    without.push(await frechet.between(reference, pooled(parts.filter((other) => other !== part))));
  }
  const mean = without.reduce((sum, value) => sum + value, 0) / groups;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(((groups - 1) / groups) * squares);
  const margin = quantile * standardError;
  return { distance, interval: [Math.max(0, distance - margin), distance + margin] };
}
