import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../../phoenix/federation/metrics.ts';
import type { TrainingRecord } from '../../../phoenix/federation/records.ts';
import { isReached, joined, partsOf } from '../../../phoenix/federation/warm-up.ts';

describe('partsOf', () => {
  it('cuts epochs or steps in parts that add up, all but the last of one length', () => {
    const positive = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(positive(500), positive(500), fc.boolean(), (whole, every, inEpochs) => {
        const parts = partsOf(
          inEpochs ? { epochs: whole, steps: null } : { epochs: null, steps: whole },
          every,
        );
        const lengths = parts.map(({ epochs, steps }) => (inEpochs ? epochs : steps)!);
        expect(parts.every(({ epochs, steps }) => (inEpochs ? steps : epochs) === null)).toBe(true);
        expect(lengths.reduce((a, b) => a + b)).toBe(whole);
        expect(lengths.slice(0, -1).every((length) => length === every)).toBe(true);
        expect(lengths.at(-1)).toBeLessThanOrEqual(every);
      }),
    );
  });
});

describe('isReached', () => {
  const metrics = { fid: 20, precision: 0.6, recall: 0.4 } as Metrics;
  it.each([
    ['fid', 20, true],
    ['fid', 19.9, false],
    ['precision', 0.6, true],
    ['precision', 0.61, false],
    ['recall', 0.4, true],
    ['recall', 0.5, false],
  ] as const)('%s %d: %s', (metric, target, expected) => {
    expect(isReached({ metric, target, every: 1 }, metrics)).toBe(expected);
  });
});

describe('joined', () => {
  const record = (name: string, firstLoss: number, lastLoss: number): TrainingRecord => ({
    model: { base: { hash: name, bytes: 1 }, personal: null },
    examples: 50,
    steps: 7,
    firstLoss,
    lastLoss,
  });
  it('starts as the first and ends as the second', () => {
    expect(joined(record('a', 3, 2), record('b', 2, 1))).toEqual({ ...record('b', 3, 1), steps: 14 });
    expect(joined(null, record('a', 3, 2))).toEqual(record('a', 3, 2));
  });
});
