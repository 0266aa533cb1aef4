/**
 * Memorisation check (the paper's future work): are generated images nearer to training images than images are that nobody has trained on?
 * After the data-copying test of Meehan et al. 2020, which compares these two samples of distances; like the authenticity of
 * Alaa et al. 2022 it looks at each image's nearest training image.
 */
import { bootstrapInterval, type Interval } from './intervals.ts';
import type { Nearest } from './neighbours.ts';

export interface Novelty {
  /** Median distances to the nearest training image. */
  readonly medians: { readonly generated: number; readonly heldOut: number };
  /** Generated over held-out: about 1 for new images of the same distribution, towards 0 for copies. Null where held-out images are copies. */
  readonly ratio: { readonly value: number; readonly interval: Interval } | null;
  /** Share of generated images that are nearer than all but 1 % and 5 % of the held-out ones: 0.01 and 0.05 are expected. */
  readonly nearerThan: { readonly percentile1: number; readonly percentile5: number };
  /** The closest generated images, closest first; equal ones by index. */
  readonly closest: readonly ClosePair[];
}

export interface ClosePair {
  readonly generated: number;
  readonly training: number;
  readonly distance: number;
}

/**
 * @param generated nearest training image of each generated one
 * @param heldOut the same of images of the data set that were not trained on
 * @param seed int32 ≥ 0, of the ratio's bootstrap over both sets of images, 95 %
 * @param pairs how many of the closest are listed
 * @throws RangeError when either set is empty
 */
export function novelty(generated: Nearest, heldOut: Nearest, seed: number, pairs: number): Novelty {
  if (generated.distances.length === 0 || heldOut.distances.length === 0) {
    throw new RangeError('novelty compares generated with held-out images: there must be some of both');
  }
  const own = generated.distances.toSorted();
  const others = heldOut.distances.toSorted();
  const medians = { generated: median(own), heldOut: median(others) };
  const resampled = ([ownTimes, otherTimes]: readonly Int32Array[]) =>
    median(own, ownTimes) / median(others, otherTimes);
  const nearerThan = (share: number) => {
    const limit = others[Math.floor(share * others.length)]!;
    return own.filter((distance) => distance < limit).length / own.length;
  };
  return {
    medians,
    ratio:
      medians.heldOut === 0
        ? null
        : {
            value: medians.generated / medians.heldOut,
            interval: bootstrapInterval([own.length, others.length], resampled, seed),
          },
    nearerThan: { percentile1: nearerThan(0.01), percentile5: nearerThan(0.05) },
    closest: closestPairs(generated, pairs),
  };
}

/** The lower median of ascending `values`, each counted as often as `times` says. */
function median(values: Float64Array, times?: Int32Array): number {
  const middle = Math.floor((values.length - 1) / 2);
  if (!times) return values[middle]!;
  let at = 0;
  for (let seen = times[0]!; seen <= middle; seen += times[at]!) at++;
  return values[at]!;
}

function closestPairs({ indices, distances }: Nearest, count: number): ClosePair[] {
  const order = Int32Array.from(distances, (_, at) => at);
  order.sort((a, b) => distances[a]! - distances[b]! || a - b);
  return Array.from(order.subarray(0, count), (at) => ({
    generated: at,
    training: indices[at]!,
    distance: distances[at]!,
  }));
}
