import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightedMean } from '../../../../phoenix/federation/strategies/weighted-mean.ts';

function mean(
  models: readonly (readonly number[] | Float32Array)[],
  weights: readonly number[],
): Float32Array {
  const out = new Float32Array(models[0]!.length);
  weightedMean(
    models.map((model) => Float32Array.from(model)),
    weights,
    out,
  );
  return out;
}

describe('weightedMean', () => {
  it('weighs each model', () => {
    expect(mean([[0, 8], [4, 0]], [3, 1])).toEqual(Float32Array.of(1, 6)); // prettier-ignore
  });

  it('gives one model its own weights back, bit for bit', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (values) => {
        // + 0: the sum of nothing and −0 is 0
        expect(mean([values], [4000])).toEqual(values.map((value) => value + 0));
      }),
    );
  });

  it('is the sum in float64 and in the order of the models, however many they are', () => {
    const model = fc.tuple(
      fc.float({ min: -100, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 50_000 }),
    );
    fc.assert(
      fc.property(fc.array(model, { minLength: 1, maxLength: 13 }), (models) => {
        let [sum, total] = [0, 0];
        for (const [value, weight] of models) {
          sum += weight * value;
          total += weight;
        }
        const values = models.map(([value]) => value);
        const [result] = mean(
          values.map((value) => [value]),
          models.map(([, weight]) => weight),
        );
        expect(result).toBe(Math.fround(sum / total));
        expect(result).toBeGreaterThanOrEqual(Math.min(...values));
        expect(result).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it('does not lose many small models in a large one', () => {
    const small = Array.from({ length: 1023 }, () => [1]);
    const weights = Array.from({ length: 1024 }, () => 1);
    expect(mean([[2 ** 25], ...small], weights)[0]).toBe(Math.fround((2 ** 25 + 1023) / 1024));
  });
});
