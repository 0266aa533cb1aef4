import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, matches, valuesOf } from '../../../../phoenix/config/sweep/expand.ts';
import { canonicalJson } from '../../../../phoenix/storage/canonical-json.ts';

/** Axes of distinct values: "a" … "d". */
const axes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
);
const plain = { zip: [], exclude: [], include: [] };
const texts = (cells: readonly { values: unknown }[]) => cells.map(({ values }) => canonicalJson(values));

describe('expansion', () => {
  it('has each combination once', () => {
    fc.assert(
      fc.property(axes, (all) => {
        const cells = texts(expand({ ...plain, axes: all }));
        const product = Object.values(all).reduce((count, values) => count * values.length, 1);
        expect(cells).toHaveLength(product);
        expect(new Set(cells).size).toBe(product);
      }),
    );
  });

  it('keeps all cells, and their order, when a value is added to an axis', () => {
    fc.assert(
      fc.property(axes, fc.constantFrom('a', 'b', 'c', 'd'), (all, path) => {
        fc.pre(Object.hasOwn(all, path));
        const before = texts(expand({ ...plain, axes: all }));
        const after = texts(expand({ ...plain, axes: { ...all, [path]: [...all[path]!, 10] } }));
        expect(after.filter((cell) => before.includes(cell))).toEqual(before);
      }),
    );
  });

  it('leaves out exactly the cells that have the excluded values', () => {
    fc.assert(
      fc.property(
        axes,
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 9 })),
        (all, cell) => {
          const every = expand({ ...plain, axes: all });
          const kept = expand({ ...plain, axes: all, exclude: [cell] });
          expect(texts(kept)).toEqual(texts(every.filter(({ values }) => !matches(values, cell))));
        },
      ),
    );
  });

  it('takes zipped axes side by side: as many cells as one of them alone has', () => {
    fc.assert(
      fc.property(axes, fc.array(fc.integer(), { minLength: 1, maxLength: 4 }), (all, others) => {
        const zipped = { ...all, x: others, y: others.map((value) => value + 1) };
        const cells = expand({ ...plain, axes: zipped, zip: [['x', 'y']] });
        expect(cells).toHaveLength(expand({ ...plain, axes: { ...all, x: others } }).length);
        for (const { values } of cells) expect(values['y']).toBe((values['x'] as number) + 1);
      }),
    );
  });

  it('says of every value where it is written', () => {
    const cells = expand({
      ...plain,
      axes: { a: [1, 2], b: { from: 0, to: 1, step: 1 } },
      include: [{ c: 3 }],
    });
    expect(cells[2]!.sources).toEqual({ a: ['axes', 'a', 1], b: ['axes', 'b'] });
    expect(cells[4]).toEqual({ values: { c: 3 }, sources: { c: ['include', 0, 'c'] } });
  });
});

describe('a range', () => {
  it('has both of its ends, in decimals', () => {
    expect(valuesOf({ from: 0.1, to: 0.7, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
    expect(valuesOf({ from: 5, to: 26, step: 10 })).toEqual([5, 15, 25]);
    expect(valuesOf({ from: 1, to: 0, step: 1 })).toEqual([]);
  });
});
