import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classCounts,
  classDistribution,
  largestPerRow,
} from '../../../phoenix/metrics/class-distribution.ts';

it('takes the largest logit of each sample, of equals the lowest class', () => {
  const logits = Float32Array.from(
    [
      [0, 2, 1],
      [-3, -2, -1],
      [5, 5, 0],
      [0, 0, 7],
    ].flat(),
  );
  expect([...largestPerRow(logits, 4)]).toEqual([1, 2, 0, 2]);
});

it('counts the samples of each class', () => {
  expect(classCounts(Uint8Array.of(1, 2, 0, 2), 4)).toEqual([1, 1, 2, 0]);
  expect(classCounts(new Uint8Array(), 3)).toEqual([0, 0, 0]);
});

describe('classDistribution', () => {
  it('measures the distance from uniform', () => {
    expect(classDistribution([5, 5, 5, 5]).distanceFromUniform).toBe(0);
    expect(classDistribution([20, 0, 0, 0]).distanceFromUniform).toBe(0.75);
    expect(classDistribution([6, 4, 5, 5]).distanceFromUniform).toBeCloseTo(0.05, 12);
  });

  it('has Wilson’s interval of each share', () => {
    // Newcombe 1998, table I, 81 of 263: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611.
    const [first] = classDistribution([81, 182]).shares;
    expect(first!.interval[0]).toBeCloseTo(0.2553, 4);
    expect(first!.interval[1]).toBeCloseTo(0.3662, 4);
    const [none] = classDistribution([0, 20]).shares;
    expect(none!.interval[0]).toBe(0);
    expect(none!.interval[1]).toBeCloseTo(0.1611, 4);
  });

  it('says how far from uniform even classes are by chance', () => {
    // Two classes, 100 samples: ½·(mean |heads − tails|)/100 = mean |heads − 50|/100, exactly 50·C(100, 50)/2¹⁰⁰/100.
    expect(classDistribution([50, 50]).distanceByChance).toBeCloseTo(0.0398, 3);
  });

  it('has shares that add up to 1, each within its interval', () => {
    const counts = fc
      .array(fc.nat(1000), { minLength: 1, maxLength: 12 })
      .filter((c) => c.some((x) => x > 0));
    fc.assert(
      fc.property(counts, (drawn) => {
        const { shares, distanceFromUniform } = classDistribution(drawn);
        expect(shares.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12);
        for (const { value, interval } of shares) {
          expect(value).toBeGreaterThanOrEqual(interval[0] - 1e-15);
          expect(value).toBeLessThanOrEqual(interval[1] + 1e-15);
        }
        expect(distanceFromUniform).toBeLessThanOrEqual(1 - 1 / drawn.length + 1e-12);
      }),
    );
  });

  it('needs samples', () => {
    expect(() => classDistribution([0, 0])).toThrow(RangeError);
  });
});
