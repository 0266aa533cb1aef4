/** How far a figure of a sample may be from that of the population: 95 % intervals. */
import { uniform } from '../data/random.ts';

export type Interval = readonly [low: number, high: number];

/** A share of counted points. */
export interface Share {
  readonly value: number;
  /** Wilson's, 95 %. */
  readonly interval: Interval;
}

/** 97.5 % quantile of the normal distribution. */
const QUANTILE = 1.959963984540054;

/** The share of ones among `flags`, with its interval. */
export function shareOf(flags: ArrayLike<number>): Share {
  let count = 0;
  for (let i = 0; i < flags.length; i++) count += flags[i]!;
  return share(count, flags.length);
}

/**
 * `count` of `n`, with Wilson's score interval (Wilson 1927), which stays within 0 … 1 and holds its level for small shares
 * too. What is counted is taken as independent draws.
 *
 * @throws RangeError when n is 0
 */
export function share(count: number, n: number): Share {
  if (n === 0) throw new RangeError('there is no share of no points');
  const value = count / n;
  const centre = value + QUANTILE ** 2 / (2 * n);
  const half = QUANTILE * Math.sqrt((value * (1 - value)) / n + (QUANTILE / (2 * n)) ** 2);
  const scale = 1 + QUANTILE ** 2 / n;
  // Rounding may lead past the ends where all or none are ones.
  return { value, interval: [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)] };
}

const RESAMPLES = 1000;

/**
 * Percentile bootstrap (Efron 1979), 95 %. `statistic` gets draws with replacement from `sizes[s]` things for each of several independent
 * samples s, as how often each thing was drawn. It depends on `seed` (int32 ≥ 0) alone.
 */
export function bootstrapInterval(
  sizes: readonly number[],
  statistic: (times: readonly Int32Array[]) => number,
  seed: number,
): Interval {
  const random = uniform(seed);
  const times = sizes.map((size) => new Int32Array(size));
  const values = Float64Array.from({ length: RESAMPLES }, () => {
    for (const counts of times) {
      counts.fill(0);
      for (let draw = 0; draw < counts.length; draw++) counts[Math.floor(random() * counts.length)]!++;
    }
    return statistic(times);
  }).sort();
  const tail = Math.floor(0.025 * RESAMPLES);
  return [values[tail]!, values[RESAMPLES - 1 - tail]!];
}
