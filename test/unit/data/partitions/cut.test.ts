import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, proportionalSizes, withMinimum } from '../../../../phoenix/data/partitions/cut.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('cut', () => {
  it('gives consecutive pieces', () => {
    expect(cut(Int32Array.of(5, 6, 7, 8), [1, 0, 3])).toEqual([
      Int32Array.of(5),
      Int32Array.of(),
      Int32Array.of(6, 7, 8),
    ]);
  });
});

describe('proportionalSizes', () => {
  it('adds up, each size less than one away from its share', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.nat(60_000), weights, (total, raw) => {
        const all = sum(raw);
        fc.pre(all > 1e-3);
        const shares = raw.map((weight) => weight / all);
        const sizes = proportionalSizes(total, shares);
        expect(sum(sizes)).toBe(total);
        sizes.forEach((size, k) => {
          expect(size).toBeGreaterThanOrEqual(0);
          expect(Math.abs(size - shares[k]! * total)).toBeLessThan(1 + 1e-6);
        });
      }),
    );
  });
});

describe('withMinimum', () => {
  const sizes = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }))
    .chain(([strata, clients]) =>
      fc.array(fc.array(fc.nat(40), { minLength: clients, maxLength: clients }), {
        minLength: strata,
        maxLength: strata,
      }),
    );

  it('gives everybody enough, and keeps every stratum, and whoever lost something has no less than the minimum', () => {
    fc.assert(
      fc.property(sizes, fc.nat(12), (before, minimum) => {
        const clients = before[0]!.length;
        const columns = (rows: number[][]) =>
          Array.from({ length: clients }, (_, client) => sum(rows.map((row) => row[client]!)));
        fc.pre(sum(before.flat()) >= clients * minimum);
        const after = withMinimum(before, minimum);
        expect(after.map(sum)).toEqual(before.map(sum));
        expect(Math.min(...after.flat())).toBeGreaterThanOrEqual(0);
        columns(after).forEach((size, client) => {
          const had = columns(before)[client]!;
          expect(size).toBeGreaterThanOrEqual(minimum);
          if (had < minimum) expect(size).toBe(minimum);
          else expect(size).toBeLessThanOrEqual(had);
        });
      }),
    );
  });

  it('says when there is not enough', () => {
    expect(() => withMinimum([[3, 4]], 4)).toThrow(/7 images are no 4 for each of 2 clients/);
  });
});
