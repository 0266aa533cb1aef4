import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { byAverages, commonSize } from '../../../phoenix/data/common-size.ts';

const anySize = (most: number) => ({ most, only: null });
const network = { most: Infinity, only: [16, 32] };

describe('commonSize', () => {
  it.each([
    ['images of the reference’s size', [anySize(32), byAverages(32), network], 32],
    ['larger images, which are reduced', [anySize(64), byAverages(32), network], 32],
    ['images between two sizes', [anySize(24), byAverages(32), network], 16],
    ['images that are too small', [anySize(8), byAverages(32), network], null],
    ['two folders and any network', [anySize(300), anySize(299)], 299],
    ['a run’s images of 48 pixels', [byAverages(48), byAverages(32), network], 16],
  ])('%s', (_, limits, size) => expect(commonSize(limits)).toBe(size));

  test('nothing is enlarged, and what it gives is possible for all', () => {
    const side = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(fc.array(fc.oneof(side.map(anySize), side.map(byAverages)), { minLength: 1 }), (limits) => {
        const size = commonSize(limits)!;
        for (const { most, only } of limits) {
          expect(size).toBeLessThanOrEqual(most);
          if (only) expect(most % size).toBe(0);
        }
      }),
    );
  });
});
