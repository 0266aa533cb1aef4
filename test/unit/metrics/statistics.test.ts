import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { GaussianFit, pooled, type Gaussian } from '../../../phoenix/metrics/statistics.ts';

const dimensions = 3;
const fit = new GaussianFit(dimensions);
afterAll(() => fit.dispose());

/** Rows of whole numbers far from 0. */
const rows = (minLength: number) =>
  fc
    .array(fc.tuple(...Array.from({ length: dimensions }, () => fc.integer({ min: 990, max: 1010 }))), {
      minLength,
      maxLength: 9,
    })
    .map((values) => Float32Array.from(values.flat()));

function expectClose(actual: Gaussian, expected: Gaussian): void {
  expect(actual.count).toBe(expected.count);
  actual.mean.forEach((value, i) => expect(value).toBeCloseTo(expected.mean[i]!, 10));
  actual.covariance.forEach((value, i) => expect(value).toBeCloseTo(expected.covariance[i]!, 10));
}

describe('GaussianFit', () => {
  it('has the mean and the covariance divided by n − 1', async () => {
    const { count, mean, covariance } = await fit.fit(Float32Array.of(1, 10, 0, 2, 30, 0, 3, 20, 0));
    expect(count).toBe(3);
    expect([...mean]).toEqual([2, 20, 0]);
    expect([...covariance]).toEqual([1, 5, 0, 5, 100, 0, 0, 0, 0]);
  });

  it('keeps small variations around a large mean', async () => {
    const values = [1e6, 1e6 + 1, 1e6 + 2].flatMap((value) => [value, 0, 0]);
    expect((await fit.fit(Float32Array.from(values))).covariance[0]).toBe(1);
  });

  it('agrees with the definition in more dimensions than a panel has, and over several blocks', async () => {
    const d = 300;
    const n = 70;
    const values = Float32Array.from({ length: n * d }, (_, i) => Math.fround(Math.sin(i * i) + (i % d)));
    const wide = new GaussianFit(d);
    const blocks = [values.subarray(0, 3 * d), values.subarray(3 * d, 40 * d), values.subarray(40 * d)];
    const seen: number[] = [];
    const { mean, covariance } = await wide.fit(blocks, (done) => seen.push(done));
    wide.dispose();
    expect(seen).toEqual([3, 40, 70]);
    for (const [i, j] of [
      [0, 0],
      [0, 299],
      [299, 0],
      [255, 256],
      [256, 255],
      [280, 270],
    ] as const) {
      let sum = 0;
      for (let row = 0; row < n; row++) {
        sum += (values[row * d + i]! - mean[i]!) * (values[row * d + j]! - mean[j]!);
      }
      expect(covariance[i * d + j]).toBeCloseTo(sum / (n - 1), 11);
    }
  });

  it('does not depend on where the features are cut, nor on what it fitted before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows(1), { minLength: 2, maxLength: 4 }), async (pieces) => {
        const whole = Float32Array.from(pieces.flatMap((piece) => [...piece]));
        expectClose(await fit.fit(pieces), await fit.fit(whole));
      }),
    );
  });

  it('needs two whole rows', async () => {
    await expect(fit.fit(Float32Array.of(1, 2, 3))).rejects.toThrow(/two rows/);
    await expect(fit.fit(Float32Array.of(1, 2, 3, 4))).rejects.toThrow(/rows of 3/);
  });
});

describe('pooled', () => {
  it('is the Gaussian of the union', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows(2), { minLength: 1, maxLength: 4 }), async (sets) => {
        const parts: Gaussian[] = [];
        for (const set of sets) parts.push(await fit.fit(set));
        expectClose(pooled(parts), await fit.fit(sets));
      }),
    );
  });

  it('of other dimensions is refused', async () => {
    const part = await fit.fit(new Float32Array(6));
    const flat = { count: 2, mean: new Float64Array(1), covariance: new Float64Array(1) };
    expect(() => pooled([part, flat])).toThrow(RangeError);
  });
});
