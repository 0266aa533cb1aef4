import { expect, it } from 'vitest';
import { captioned } from '../../../phoenix/report/captions.ts';
import { png } from '../../../phoenix/report/grid.ts';
import { pixelsOf } from '../../helpers/pixels.ts';

it('puts pictures where they belong, on white, and writes any words beside them', async () => {
  const red = await png(
    Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
    4,
    4,
  );
  const words = { text: '<α & β>', left: 10, baseline: 20 };
  const { width, height, at } = await pixelsOf(
    await captioned(80, 30, [{ png: red, left: 2, top: 3 }], [words]),
  );
  expect([width, height]).toEqual([80, 30]);
  expect([at(1, 3), at(2, 3), at(5, 6), at(6, 6)]).toEqual([
    [255, 255, 255],
    [200, 0, 0],
    [200, 0, 0],
    [255, 255, 255],
  ]);
  const line = Array.from({ length: 70 * 14 }, (_, i) => at(10 + (i % 70), 8 + Math.floor(i / 70))[0]!);
  expect(Math.min(...line)).toBeLessThan(100);
});
