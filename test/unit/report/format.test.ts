import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classList, classNamesOf, duration, instant, significant } from '../../../phoenix/report/format.ts';

describe('numbers as people read them', () => {
  it.each([
    [12.3456, '12.3'],
    [0.0012345, '0.00123'],
    [1234.5, '1235'],
    [0, '0.00'],
    [NaN, '–'],
  ])('%d is %s', (value, text) => expect(significant(value)).toBe(text));

  it('never shows an exponent and is off by at most half a percent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (value) => {
        const text = significant(value);
        expect(text).toMatch(/^\d+(\.\d+)?$/);
        expect(Math.abs(Number(text) - value) / value).toBeLessThanOrEqual(0.0051);
      }),
    );
  });

  it.each([
    [940, '0.9 s'],
    [42_000, '42 s'],
    [59_700, '1 min 00 s'],
    [125_400, '2 min 05 s'],
    [11_520_000, '3 h 12 min'],
    [47.99 * 3_600_000, '47 h 59 min'],
    [51 * 3_600_000, '2 d 03 h'],
    [51_669 * 3_600_000, '2,152 d'],
  ])('%d ms are %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

  it('names classes and times', () => {
    const names = classNamesOf({ settings: { data: { source: 'cifar10' } } });
    expect(classList([0, 9], names)).toBe('airplane, truck');
    expect(classList([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], names)).toBe('all');
    const folder = { classes: ['cat', 'owl', 'yak'], train: [1, 1, 1], test: [1, 1, 1], images: null };
    expect(classList([1, 2], classNamesOf({ settings: { data: { source: folder } } }))).toBe('owl, yak');
    expect(instant('2026-11-23T14:05:59.123Z')).toBe('2026-11-23 14:05 UTC');
  });
});
