import { describe, expect, it } from 'vitest';
import { bootstrapInterval, shareOf } from '../../../phoenix/metrics/intervals.ts';

const flags = (ones: number, zeros: number) => new Uint8Array(ones + zeros).fill(1, 0, ones);

describe('shareOf', () => {
  // Newcombe 1998, table I: Wilson's score interval of 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d in %d has the published interval', (ones, n, low, high) => {
    const { value, interval } = shareOf(flags(ones, n - ones));
    expect(value).toBe(ones / n);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('ends at 1 where all are ones, and is not to be had of nothing', () => {
    expect(shareOf(flags(50, 0)).interval[1]).toBe(1);
    expect(() => shareOf([])).toThrow(RangeError);
  });
});

describe('bootstrapInterval', () => {
  it('of a mean is about two standard errors wide, on either side, and depends on its seed alone', () => {
    const values = Float64Array.from({ length: 400 }, (_, i) => i % 2);
    const mean = ([times]: readonly Int32Array[]) =>
      values.reduce((sum, value, i) => sum + value * times![i]!, 0) / values.length;
    const [low, high] = bootstrapInterval([values.length], mean, 3);
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
    expect(bootstrapInterval([values.length], mean, 3)).toEqual([low, high]);
    expect(bootstrapInterval([values.length], mean, 4)).not.toEqual([low, high]);
  });

  it('draws as many of each sample as it has', () => {
    const sums = new Set<string>();
    bootstrapInterval(
      [5, 3],
      (times) => {
        sums.add(times.map((each) => each.reduce((sum, count) => sum + count, 0)).join());
        return 0;
      },
      1,
    );
    expect([...sums]).toEqual(['5,3']);
  });
});
