import { describe, expect, it } from 'vitest';
import { classSizes, partition, type PartitionSettings } from '../../../../phoenix/data/partition.ts';

const labels = Uint8Array.from({ length: 50_000 }, (_, i) => i % 10);
const pool = Int32Array.from(labels.keys());

const tables = (settings: PartitionSettings, clients = 10, seeds = [1, 2, 3, 4, 5]) =>
  seeds.map((seed) =>
    partition(labels, pool, clients, settings, seed).map((part) => classSizes(labels, part, 10)),
  );

/** Mean over clients of the share that a client's largest class has in it: 0.1 when classes are even, 1 for one class. */
const skew = (table: number[][]): number =>
  table
    .map((sizes) => Math.max(...sizes) / sizes.reduce((a, b) => a + b))
    .reduce((sum, share) => sum + share, 0) / table.length;

/** Largest over smallest. */
const spread = (table: number[][]): number => {
  const sizes = table.map((own) => own.reduce((a, b) => a + b));
  return Math.max(...sizes) / Math.min(...sizes);
};

describe('Dirichlet label skew', () => {
  const at = (concentration: number, clients?: number) =>
    tables({ kind: 'dirichlet', concentration, minimumImages: 10 }, clients);

  it('is nearly even for a large concentration', () => {
    for (const table of at(1_000_000)) {
      for (const count of table.flat()) expect(Math.abs(count - 500)).toBeLessThan(10);
    }
  });

  it('grows as the concentration falls', () => {
    const mean = (concentration: number) =>
      at(concentration).reduce((sum, table) => sum + skew(table), 0) / 5;
    const skews = [100, 1, 0.5, 0.1, 0.01].map(mean);
    expect(skews).toEqual(skews.toSorted((a, b) => a - b));
    expect(skews[0]).toBeLessThan(0.15);
    expect(skews.at(-1)).toBeGreaterThan(0.5);
  });

  it('keeps the minimum also where nearly everything goes to a few', () => {
    for (const table of at(0.01, 200)) {
      const sizes = table.map((own) => own.reduce((a, b) => a + b));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('quantity skew', () => {
  const at = (concentration: number) => tables({ kind: 'quantity', concentration, minimumImages: 10 });

  it('is in the sizes and not in the classes', () => {
    for (const table of at(0.5)) {
      expect(spread(table)).toBeGreaterThan(3);
      // A fifth more than a tenth, where there are enough images for chance to even out.
      for (const sizes of table) {
        const images = sizes.reduce((a, b) => a + b);
        if (images > 2000) expect(Math.max(...sizes) / images).toBeLessThan(0.12);
      }
    }
  });

  it('vanishes for a large concentration', () => {
    for (const table of at(1_000_000)) expect(spread(table)).toBeLessThan(1.02);
  });
});

describe('feature skew', () => {
  it('divides as IID does', () => {
    expect(tables({ kind: 'feature', noise: 0.1 })).toEqual(tables({ kind: 'iid' }));
  });
});
