/**
 * Who lies in whose balls: what precision, recall, density and coverage are counted from. A point's ball reaches to its
 * k-th nearest neighbour in its own set, itself not counted.
 */
import { setImmediate } from 'node:timers/promises';
import { Distances, type NearPairs } from '../engine/distances.ts';
import { squaredRadii, type OnProgress } from './neighbours.ts';
import { pairsPerTurn, squaredDistance } from './squared-distance.ts';

export interface Overlap {
  readonly k: number;
  /** [fakes]: 1 where a real's ball holds the fake, its border included. */
  readonly fakesOnReals: Uint8Array;
  /** [reals]: 1 where a fake's ball holds the real, its border included. */
  readonly realsOnFakes: Uint8Array;
  /** [fakes]: how many balls of reals hold the fake, their borders not included. */
  readonly ballsAround: Int32Array;
  /** [reals]: 1 where the real's ball holds a fake, its border not included. */
  readonly covered: Uint8Array;
}

/**
 * All four in one pass over the pairs. `real` and `fake` are [n, dimensions], with n as they come. Counts are exact: what
 * float32 cannot tell from the border is measured in float64. The event loop gets a turn several times a second;
 * `onProgress` counts both sets' points, and the fakes once more.
 *
 * @throws RangeError when a set has no k neighbours for each of its points, or a value is not finite
 */
export async function manifoldOverlap(
  real: Float32Array,
  fake: Float32Array,
  dimensions: number,
  k = 3,
  onProgress: OnProgress = () => undefined,
): Promise<Overlap> {
  const [reals, fakes] = [real.length / dimensions, fake.length / dimensions];
  const total = reals + 2 * fakes;
  const realRadii = await squaredRadii(real, dimensions, k, (done) => onProgress(done, total));
  const fakeRadii = await squaredRadii(fake, dimensions, k, (done) => onProgress(reals + done, total));
  const overlap = {
    k,
    fakesOnReals: new Uint8Array(fakes),
    realsOnFakes: new Uint8Array(reals),
    ballsAround: new Int32Array(fakes),
    covered: new Uint8Array(reals),
  };
  const bounds = await Distances.load(fake, real, dimensions, realRadii);
  try {
    for (let start = 0; start < fakes; start += bounds.block) {
      const end = Math.min(fakes, start + bounds.block);
      const block = Int32Array.from({ length: end - start }, (_, at) => start + at);
      for (const pairs of bounds.near(block, fakeRadii.subarray(start, end))) {
        await count(pairs, start);
      }
      onProgress(reals + fakes + end, total);
    }
  } finally {
    bounds.dispose();
  }
  return overlap;

  async function count({ queries, references, lower, upper }: NearPairs, start: number): Promise<void> {
    let measured = 0;
    for (let p = 0; p < queries.length; p++) {
      const f = start + queries[p]!;
      const r = references[p]!;
      const [realRadius, fakeRadius] = [realRadii[r]!, fakeRadii[f]!];
      let distance = decided(lower[p]!, upper[p]!, realRadius, fakeRadius);
      if (distance === null) {
        distance = squaredDistance(real, r, fake, f, dimensions);
        if (++measured % pairsPerTurn(dimensions) === 0) await setImmediate();
      }
      if (distance <= realRadius) overlap.fakesOnReals[f] = 1;
      if (distance <= fakeRadius) overlap.realsOnFakes[r] = 1;
      if (distance < realRadius) {
        overlap.ballsAround[f]!++;
        overlap.covered[r] = 1;
      }
    }
    await setImmediate();
  }
}

/** A number that compares with both radii as the distance does, where its bounds are enough to know one. */
function decided(lower: number, upper: number, a: number, b: number): number | null {
  const between = (radius: number) => lower <= radius && radius <= upper;
  return between(a) || between(b) ? null : lower;
}
