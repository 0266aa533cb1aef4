import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation, shuffled } from '../../../phoenix/data/permutation.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('permutation', () => {
  it('holds each number once and depends on nothing but count and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), seed, (count, own) => {
        const order = permutation(count, own);
        expect([...order].toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
        expect(permutation(count, own)).toEqual(order);
      }),
    );
  });

  it('is the same on every machine', () => {
    expect([...permutation(10, 2023)]).toMatchInlineSnapshot(`
      [
        4,
        2,
        8,
        3,
        9,
        1,
        5,
        6,
        0,
        7,
      ]
    `);
  });

  it('puts every number at every place equally often', () => {
    const count = 5;
    const trials = 20_000;
    const seen = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
    for (let trial = 0; trial < trials; trial++) {
      permutation(count, trial).forEach((value, place) => seen[place]![value]!++);
    }
    // Five standard deviations of a binomial count.
    const tolerance = 5 * Math.sqrt(trials * 0.2 * 0.8);
    for (const n of seen.flat()) expect(Math.abs(n - trials / count)).toBeLessThan(tolerance);
  });
});

describe('shuffled', () => {
  it('leaves its input alone', () => {
    const values = Int32Array.of(3, 1, 4, 1, 5);
    const order = shuffled(values, 7);
    expect([...values]).toEqual([3, 1, 4, 1, 5]);
    expect([...order].toSorted((a, b) => a - b)).toEqual([1, 1, 3, 4, 5]);
  });
});
