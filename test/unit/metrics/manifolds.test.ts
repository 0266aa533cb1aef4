import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { densityCoverage } from '../../../phoenix/metrics/density-coverage.ts';
import { manifoldOverlap, type Overlap } from '../../../phoenix/metrics/manifolds.ts';
import { precisionRecall } from '../../../phoenix/metrics/precision-recall.ts';
import { squaredDistance } from '../../../phoenix/metrics/squared-distance.ts';
import { pointSets } from '../../helpers/point-sets.ts';

const K = 3;

/** The definitions, word for word. */
function naiveOverlap(real: Float32Array, fake: Float32Array, d: number): Overlap {
  const [reals, fakes] = [real.length / d, fake.length / d].map((n) => [...Array(n).keys()]);
  const radii = (set: Float32Array, rows: number[]) =>
    rows.map((i) => {
      const others = rows.filter((j) => j !== i).map((j) => squaredDistance(set, i, set, j, d));
      return others.toSorted((a, b) => a - b)[K - 1]!;
    });
  const [realRadii, fakeRadii] = [radii(real, reals!), radii(fake, fakes!)];
  const distance = (r: number, f: number) => squaredDistance(real, r, fake, f, d);
  return {
    k: K,
    fakesOnReals: Uint8Array.from(fakes!, (f) => +reals!.some((r) => distance(r, f) <= realRadii[r]!)),
    realsOnFakes: Uint8Array.from(reals!, (r) => +fakes!.some((f) => distance(r, f) <= fakeRadii[f]!)),
    ballsAround: Int32Array.from(fakes!, (f) => reals!.filter((r) => distance(r, f) < realRadii[r]!).length),
    covered: Uint8Array.from(reals!, (r) => +fakes!.some((f) => distance(r, f) < realRadii[r]!)),
  };
}

const valuesOf = async (real: Float32Array, fake: Float32Array, dimensions: number, k?: number) => {
  const { precision, recall } = precisionRecall(await manifoldOverlap(real, fake, dimensions, k));
  return { precision: precision.value, recall: recall.value };
};

describe('manifoldOverlap', () => {
  it('follows the definitions, whatever the scale, the offset and the ties', async () => {
    await fc.assert(
      fc.asyncProperty(pointSets(K + 1, 20), async ({ a, b, dimensions }) => {
        expect(await manifoldOverlap(a, b, dimensions, K)).toEqual(naiveOverlap(a, b, dimensions));
      }),
      { numRuns: 40 }, // each builds three graphs
    );
  });

  it('counts over several blocks and tiles as over one', async () => {
    // Two tight clusters far apart: within each, float32 tells no distance from another.
    const set = (seed: number) =>
      Float32Array.from(
        { length: 1100 * 3 },
        (_, i) => (i % 2) * 1e3 + Math.fround(Math.sin(i * seed)) * 1e-3,
      );
    const [real, fake] = [set(1.7), set(2.9)];
    expect(await manifoldOverlap(real, fake, 3, K)).toEqual(naiveOverlap(real, fake, 3));
  });

  it('is 1 and 1 for a set and itself, 0 and 0 for sets far apart', async () => {
    const set = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i));
    expect(await valuesOf(set, set, 2)).toEqual({ precision: 1, recall: 1 });
    const far = set.map((value) => value + 100);
    expect(await valuesOf(set, far, 2)).toEqual({ precision: 0, recall: 0 });
  });

  it('has full precision and little recall when samples collapse on one real point', async () => {
    const real = Float32Array.from({ length: 20 }, (_, i) => i);
    const collapsed = new Float32Array(10).fill(7);
    expect(await valuesOf(real, collapsed, 1)).toEqual({ precision: 1, recall: 1 / 20 });
  });

  it('needs finite values, more points than neighbours, and whole rows', async () => {
    const three = Float32Array.of(1, 2, 3);
    const four = Float32Array.of(1, 2, 3, 4);
    await expect(manifoldOverlap(three, four, 1, 3)).rejects.toThrow(/3 points have no 3 neighbours/);
    await expect(manifoldOverlap(four, three, 1, 3)).rejects.toThrow(RangeError);
    await expect(manifoldOverlap(four, three, 2, 1)).rejects.toThrow(/rows of 2/);
    const broken = Float32Array.of(1, 2, NaN, 4, 5);
    await expect(manifoldOverlap(four, broken, 1, 3)).rejects.toThrow(/row 2 .* not finite/);
  });

  it('says how far it is, and ends with what its listener throws', async () => {
    const set = Float32Array.from({ length: 8 }, (_, i) => i);
    const seen: number[][] = [];
    await manifoldOverlap(set, set.subarray(3), 1, 3, (...progress) => seen.push(progress));
    expect(seen).toEqual([
      [8, 18],
      [13, 18],
      [18, 18],
    ]);
    const stop = (done: number) => {
      if (done > 8) throw new Error('enough');
    };
    await expect(manifoldOverlap(set, set.subarray(3), 1, 3, stop)).rejects.toThrow('enough');
  });
});

describe('densityCoverage', () => {
  const overlap = {
    k: 2,
    fakesOnReals: Uint8Array.of(1, 1, 0, 0),
    realsOnFakes: Uint8Array.of(1, 0),
    ballsAround: Int32Array.of(3, 1, 0, 0),
    covered: Uint8Array.of(1, 0),
  };

  it('divides the balls by k, and bootstraps the fakes', () => {
    const { density, coverage } = densityCoverage(overlap, 5);
    expect(density.value).toBe(4 / (2 * 4));
    expect(coverage.value).toBe(1 / 2);
    const [low, high] = density.interval;
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.75);
    expect(high).toBeLessThanOrEqual(1.5);
    expect(densityCoverage(overlap, 5)).toEqual({ density, coverage });
  });
});

describe('precisionRecall', () => {
  it('has an F-score of 0 where nothing overlaps', () => {
    const none = new Uint8Array(4);
    const overlap = {
      k: 3,
      fakesOnReals: none,
      realsOnFakes: none,
      ballsAround: new Int32Array(4),
      covered: none,
    };
    expect(precisionRecall(overlap)).toMatchObject({
      precision: { value: 0 },
      recall: { value: 0 },
      fScore: 0,
    });
  });
});
