import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { precisionRecall } from '../../../phoenix/metrics/precision-recall.ts';

const K = 3;
/** [n, dimensions] of small whole numbers: equal points and equal distances are common. */
const points = (dimensions: number) =>
  fc
    .array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: dimensions, maxLength: dimensions }), {
      minLength: K + 1,
      maxLength: 15,
    })
    .map((rows) => Float32Array.from(rows.flat()));
// 3 does not fill the inner loop's eight, 11 fills it once and a part of it again.
const pair = fc
  .constantFrom(1, 3, 8, 11)
  .chain((dimensions) => fc.tuple(points(dimensions), points(dimensions), fc.constant(dimensions)));

/** The definition, word for word: share of `set` within the k-NN radius of some point of `manifold`. */
function covered(set: Float32Array, manifold: Float32Array, d: number): number {
  const rows = (values: Float32Array) =>
    Array.from({ length: values.length / d }, (_, i) => [...values.subarray(i * d, (i + 1) * d)]);
  const distance = (a: number[], b: number[]) =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
  const balls = rows(manifold).map((centre, i, all) => {
    const others = all.filter((_, j) => j !== i).map((other) => distance(centre, other));
    return { centre, radius: others.toSorted((a, b) => a - b)[K - 1]! };
  });
  const inside = rows(set).filter((point) =>
    balls.some(({ centre, radius }) => distance(point, centre) <= radius),
  );
  return inside.length / (set.length / d);
}

describe('precisionRecall', () => {
  it('follows the definition', () => {
    fc.assert(
      fc.property(pair, ([real, fake, dimensions]) => {
        expect(precisionRecall(real, fake, dimensions, K)).toEqual({
          precision: covered(fake, real, dimensions),
          recall: covered(real, fake, dimensions),
        });
      }),
    );
  });

  it('is 1 and 1 for a set and itself, 0 and 0 for sets far apart', () => {
    const set = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i));
    expect(precisionRecall(set, set, 2)).toEqual({ precision: 1, recall: 1 });
    const far = set.map((value) => value + 100);
    expect(precisionRecall(set, far, 2)).toEqual({ precision: 0, recall: 0 });
  });

  it('has full precision and little recall when samples collapse on one real point', () => {
    const real = Float32Array.from({ length: 20 }, (_, i) => i);
    const collapsed = new Float32Array(10).fill(7);
    expect(precisionRecall(real, collapsed, 1)).toEqual({ precision: 1, recall: 1 / 20 });
  });

  it('never takes a sample that is not a number for a good one', () => {
    const real = Float32Array.from({ length: 8 }, (_, i) => i);
    const broken = new Float32Array(8).fill(NaN);
    expect(precisionRecall(real, broken, 1)).toEqual({ precision: 0, recall: 0 });
  });

  it('needs more points than neighbours, and whole rows', () => {
    const three = Float32Array.of(1, 2, 3);
    const four = Float32Array.of(1, 2, 3, 4);
    expect(() => precisionRecall(three, four, 1, 3)).toThrow(/3 points have no 3 neighbours/);
    expect(() => precisionRecall(four, three, 1, 3)).toThrow(RangeError);
    expect(() => precisionRecall(four, three, 2, 1)).toThrow(/rows of 2/);
  });
});
