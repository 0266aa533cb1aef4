import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveSeed } from '../../../phoenix/config/seeds.ts';

const labels = fc.array(fc.oneof(fc.string(), fc.nat()), { maxLength: 4 });

it('is an integer from 0 to 2³¹ − 1', () => {
  fc.assert(
    fc.property(fc.nat(), labels, (seed, path) => {
      const derived = deriveSeed(seed, ...path);
      expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 31).toBe(true);
    }),
  );
});

it('depends on every label, its type and its place', () => {
  const seeds = [
    deriveSeed(1),
    deriveSeed(2),
    deriveSeed(1, 'train'),
    deriveSeed(1, 'train', 1),
    deriveSeed(1, 'train', '1'),
    deriveSeed(1, 'train', 1, 2),
    deriveSeed(1, 'train', 2, 1),
    deriveSeed(1, 'train', 12),
    deriveSeed(1, 'train1'),
  ];
  expect(new Set(seeds).size).toBe(seeds.length);
});

it('never changes, or runs would not be repeatable', () => {
  expect(deriveSeed(2023, 'train', 3, 1)).toBe(1_262_582_573);
});

it('spreads evenly: the mean of many is half of the range', () => {
  const count = 2000;
  let sum = 0;
  for (let step = 0; step < count; step++) sum += deriveSeed(7, 'step', step) / 2 ** 31;
  // Standard deviation of the mean: 1/√(12·2000) = 0.0065.
  expect(Math.abs(sum / count - 0.5)).toBeLessThan(0.026);
});
