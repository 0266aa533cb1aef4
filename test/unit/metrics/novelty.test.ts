import { describe, expect, it } from 'vitest';
import { standardNormal } from '../../../phoenix/data/random.ts';
import { nearest } from '../../../phoenix/metrics/neighbours.ts';
import { novelty } from '../../../phoenix/metrics/novelty.ts';

const DIMENSIONS = 6;
const points = (count: number, seed: number) =>
  Float32Array.from({ length: count * DIMENSIONS }, standardNormal(seed));
const training = points(400, 1);
const heldOut = nearest(points(300, 2), training, DIMENSIONS);
const checked = async (generated: Float32Array, pairs = 3) =>
  novelty(await nearest(generated, training, DIMENSIONS), await heldOut, 7, pairs);

describe('novelty', () => {
  it('of new points of the same distribution is about 1', async () => {
    const { ratio, nearerThan } = await checked(points(300, 3));
    expect(ratio!.value).toBeGreaterThan(0.9);
    expect(ratio!.value).toBeLessThan(1.1);
    expect(ratio!.interval[0]).toBeLessThan(1);
    expect(ratio!.interval[1]).toBeGreaterThan(1);
    expect(nearerThan.percentile1).toBeLessThan(0.05);
    expect(nearerThan.percentile5).toBeLessThan(0.12);
  });

  it('of noisy copies is near 0, and every one of them is nearer than held-out points are', async () => {
    const noise = standardNormal(4);
    const copies = training.slice(0, 100 * DIMENSIONS).map((value) => value + 0.01 * noise());
    const { ratio, nearerThan } = await checked(copies);
    expect(ratio!.interval[1]).toBeLessThan(0.1);
    expect(nearerThan).toEqual({ percentile1: 1, percentile5: 1 });
  });

  it('lists the closest pairs, equal ones by index', async () => {
    const generated = points(20, 5);
    for (const [at, row] of [17, 4].entries()) {
      generated.set(training.subarray((30 + at) * DIMENSIONS, (31 + at) * DIMENSIONS), row * DIMENSIONS);
    }
    const { closest } = await checked(generated);
    expect(closest.slice(0, 2)).toEqual([
      { generated: 4, training: 31, distance: 0 },
      { generated: 17, training: 30, distance: 0 },
    ]);
    expect(closest).toHaveLength(3);
    expect(closest[2]!.distance).toBeGreaterThan(0);
  });

  it('depends on its seed alone, and has no ratio to copies', async () => {
    const own = { indices: Int32Array.of(0, 1, 2, 3), distances: Float64Array.of(4, 1, 3, 2) };
    const held = { indices: Int32Array.of(0, 0, 0), distances: Float64Array.of(2, 1, 8) };
    const first = novelty(own, held, 1, 1);
    expect(first).toEqual(novelty(own, held, 1, 1));
    expect(first.medians).toEqual({ generated: 2, heldOut: 2 });
    expect(first.ratio!.value).toBe(1);
    expect(first.nearerThan).toEqual({ percentile1: 0, percentile5: 0 });
    const copies = { indices: Int32Array.of(0, 1, 2), distances: new Float64Array(3) };
    expect(novelty(own, copies, 1, 1).ratio).toBeNull();
    const none = { indices: new Int32Array(0), distances: new Float64Array(0) };
    expect(() => novelty(own, none, 1, 1)).toThrow(RangeError);
  });
});
