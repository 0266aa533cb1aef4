import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, quantile, summarise } from '../../../bench/statistics.ts';

test('a summary has the median, the quartiles and the extremes, and keeps the order of the values', () => {
  const summary = summarise([4, 1, 3, 2]);
  // As numpy.quantile([1, 2, 3, 4], [0.25, 0.5, 0.75]) has them.
  expect(summary).toEqual({ median: 2.5, quartiles: [1.75, 3.25], min: 1, max: 4, values: [4, 1, 3, 2] });
});

test('a single value is every quantile of itself, and no values have none', () => {
  expect(summarise([7])).toMatchObject({ median: 7, quartiles: [7, 7], min: 7, max: 7 });
  expect(() => summarise([])).toThrow(RangeError);
});

test('numbers are ordered as numbers', () => {
  expect(quantile([10, 9, 100], 0.5)).toBe(10);
});

test('quantiles rise with the share, stay within the values and do not depend on their order', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(values, share, share, (list, a, b) => {
      const [low, high] = [quantile(list, Math.min(a, b)), quantile(list, Math.max(a, b))];
      expect(low).toBeLessThanOrEqual(high + 1e-9);
      expect(low).toBeGreaterThanOrEqual(Math.min(...list) - 1e-9);
      expect(high).toBeLessThanOrEqual(Math.max(...list) + 1e-9);
      expect(quantile(list.toReversed(), a)).toBe(quantile(list, a));
    }),
  );
});

test('the paired ratio is not misled by a machine that becomes slower', () => {
  // Both sides take twice as long from round to round; ours is always at 0.8 of theirs.
  const theirs = [1, 2, 4];
  expect(
    compare(
      theirs.map((value) => 0.8 * value),
      theirs,
    ).pairedRatio,
  ).toBeCloseTo(0.8);
  // Ours is measured before theirs each time: the medians differ, the rounds say how.
  expect(compare([1, 10, 2], [2, 5, 4])).toEqual({ ratio: 0.5, pairedRatio: 0.5 });
  expect(compare([3, 1, 1], [1, 1, 4])).toEqual({ ratio: 1, pairedRatio: 1 });
  expect(compare([2, 6, 4], [4, 2, 1])).toEqual({ ratio: 2, pairedRatio: 3 });
  expect(() => compare([1, 2], [1])).toThrow(RangeError);
});
