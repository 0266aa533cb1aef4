import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MismatchedUpdate, WeightedAverage } from '../../../phoenix/federation/fedavg.ts';

const weights = (values: Record<string, number[]>) =>
  new Map(Object.entries(values).map(([name, data]) => [name, Float32Array.from(data)]));

describe('WeightedAverage', () => {
  it('weights each client by its examples', () => {
    const average = new WeightedAverage();
    average.add(weights({ a: [0, 8], b: [1] }), 3);
    average.add(weights({ b: [5], a: [4, 0] }), 1);
    expect(average.result()).toEqual(weights({ a: [1, 6], b: [2] }));
    expect(() => average.result()).toThrow(RangeError);
  });

  it('gives one client its own weights back, bit for bit, and nothing of theirs to change', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (values) => {
        const average = new WeightedAverage();
        average.add(new Map([['w', values]]), 4000);
        const result = average.result().get('w')!;
        expect(result).not.toBe(values);
        // + 0: the sum of nothing and −0 is 0
        expect(result).toEqual(values.map((value) => value + 0));
      }),
    );
  });

  it('stays between the smallest and the largest client', () => {
    const client = fc.tuple(
      fc.float({ min: -100, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 50_000 }),
    );
    fc.assert(
      fc.property(fc.array(client, { minLength: 1, maxLength: 10 }), (clients) => {
        const average = new WeightedAverage();
        for (const [value, examples] of clients) average.add(weights({ w: [value] }), examples);
        const [result] = average.result().get('w')!;
        const values = clients.map(([value]) => value);
        expect(result).toBeGreaterThanOrEqual(Math.min(...values));
        expect(result).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it('sums in float64: many small clients are not lost in a large one', () => {
    const average = new WeightedAverage();
    average.add(weights({ w: [2 ** 25] }), 1);
    for (let i = 0; i < 1023; i++) average.add(weights({ w: [1] }), 1);
    expect(average.result().get('w')![0]).toBe(Math.fround((2 ** 25 + 1023) / 1024));
  });

  it.each([
    ['another name', { a: [1], c: [1] }, 'b', 2, null],
    ['a missing name', { a: [1] }, 'b', 2, null],
    ['another length', { a: [1], b: [1] }, 'b', 2, 1],
    ['an additional name', { a: [1], b: [1, 2], c: [1] }, 'c', null, 1],
  ])('rejects weights with %s', (_, values, parameter, expected, actual) => {
    const average = new WeightedAverage();
    average.add(weights({ a: [1], b: [1, 2] }), 1);
    let error: unknown;
    try {
      average.add(weights(values as Record<string, number[]>), 1);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(MismatchedUpdate);
    expect(error).toMatchObject({ parameter, expected, actual });
    // The average is as if that client had not been there.
    expect(average.result()).toEqual(weights({ a: [1], b: [1, 2] }));
  });

  it.each([0, -1, NaN, Infinity])('rejects %d examples', (examples) => {
    expect(() => new WeightedAverage().add(weights({ a: [1] }), examples)).toThrow(RangeError);
  });

  it('has no result without clients', () => {
    expect(() => new WeightedAverage().result()).toThrow(RangeError);
  });
});
