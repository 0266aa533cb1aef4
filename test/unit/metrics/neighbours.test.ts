import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest, squaredRadii } from '../../../phoenix/metrics/neighbours.ts';
import { squaredDistance } from '../../../phoenix/metrics/squared-distance.ts';
import { pointSets, rowsOf, squared } from '../../helpers/point-sets.ts';

describe('nearest', () => {
  it('is the first of the nearest, and its distance', async () => {
    await fc.assert(
      fc.asyncProperty(pointSets(2, 40), async ({ a, b, dimensions }) => {
        const { indices, distances } = await nearest(a, b, dimensions);
        rowsOf(a, dimensions).forEach((_, i) => {
          const all = rowsOf(b, dimensions).map((_row, j) => squaredDistance(a, i, b, j, dimensions));
          const least = Math.min(...all);
          expect([indices[i], distances[i]]).toEqual([all.indexOf(least), Math.sqrt(least)]);
        });
      }),
    );
  });

  it('finds the first of many copies among thousands of references', async () => {
    const references = new Float32Array(2 * 9000).fill(1);
    references.set([5, 5], 2 * 7000);
    references.set([5, 5], 2 * 8999);
    const { indices, distances } = await nearest(Float32Array.of(5, 5, 1, 1, 1, 2), references, 2);
    expect([...indices]).toEqual([7000, 0, 0]);
    expect([...distances]).toEqual([0, 0, 1]);
  });

  it('of a set in itself is each point', async () => {
    const set = Float32Array.of(3, 1, 2);
    expect([...(await nearest(set, set, 1)).indices]).toEqual([0, 1, 2]);
  });

  it('wants points', async () => {
    await expect(nearest(Float32Array.of(1), new Float32Array(0), 1)).rejects.toThrow(/without points/);
    await expect(nearest(new Float32Array(0), Float32Array.of(1), 1)).rejects.toThrow(/without points/);
    await expect(nearest(Float32Array.of(1), Float32Array.of(1, Infinity), 1)).rejects.toThrow(/row 1 /);
  });
});

describe('squaredRadii', () => {
  it('are the k-th smallest distances to others', async () => {
    await fc.assert(
      fc.asyncProperty(pointSets(5, 40), fc.integer({ min: 1, max: 4 }), async ({ a, dimensions }, k) => {
        const rows = rowsOf(a, dimensions);
        const expected = rows.map((_, i) => {
          const others = rows.flatMap((_row, j) => (i === j ? [] : squaredDistance(a, i, a, j, dimensions)));
          return others.toSorted((x, y) => x - y)[k - 1]!;
        });
        expect([...(await squaredRadii(a, dimensions, k))]).toEqual(expected);
      }),
    );
  });

  it('are 0 in a set of copies, without measuring each pair', async () => {
    const copies = new Float32Array(64 * 5000).fill(0.1);
    const start = performance.now();
    expect((await squaredRadii(copies, 64, 3)).every((radius) => radius === 0)).toBe(true);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('squaredDistance', () => {
  it('is the sum of squared differences, the same from either side, or something above its limit', () => {
    fc.assert(
      fc.property(
        pointSets(2, 4),
        fc.double({ min: 0, max: 10, noNaN: true }),
        ({ a, b, dimensions }, limit) => {
          const plain = squared(a.subarray(0, dimensions), b.subarray(0, dimensions));
          const full = squaredDistance(a, 0, b, 0, dimensions);
          expect(Math.abs(full - plain)).toBeLessThanOrEqual(1e-13 * plain);
          expect(squaredDistance(b, 0, a, 0, dimensions)).toBe(full);
          const limited = squaredDistance(a, 0, b, 0, dimensions, limit);
          expect(full <= limit ? limited === full : limited > limit).toBe(true);
        },
      ),
    );
  });
});
