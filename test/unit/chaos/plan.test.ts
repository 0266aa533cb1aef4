import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plannedKill, victims } from '../../../chaos/plan.ts';

test('the same seed kills the same processes at the same times', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 1000 }), (seed, number) => {
      const one = plannedKill(seed, number);
      expect(plannedKill(seed, number)).toEqual(one);
      expect(one.after).toBeGreaterThanOrEqual(10);
      expect(one.after).toBeLessThan(20);
    }),
  );
});

test('sixty kills reach every process several times', () => {
  const killed = Array.from({ length: 60 }, (_, i) => plannedKill(1, i + 1).victim);
  for (const victim of victims) expect(killed.filter((one) => one === victim).length).toBeGreaterThan(5);
});
