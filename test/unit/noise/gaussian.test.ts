import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addGaussian } from '../../../phoenix/noise/gaussian.ts';

const seed = Uint8Array.from({ length: 32 }, (_, i) => i);

function drawn(count: number, first = 0, std = 1, from = seed): Float64Array {
  const values = new Float64Array(count);
  addGaussian(values, from, first, std);
  return values;
}

describe('Gaussian noise', () => {
  it('is what AES-256 and Box and Muller give elsewhere', () => {
    // Python, `cryptography`: AES-256-CTR of zeros under the key 00 01 … 1f from counter 0, and from counter 2³³.
    const first = [-1.3632577574765046, 0.7898181933466775, 0.5232455984066848, 1.419309589103622];
    [...drawn(4)].forEach((value, i) => expect(value).toBeCloseTo(first[i]!, 14));
    const far = [-0.1877939587622076, 0.4220322530085259];
    [...drawn(2, 2 ** 34)].forEach((value, i) => expect(value).toBeCloseTo(far[i]!, 14));
  });

  it('is the same in whatever pieces it is drawn', () => {
    const whole = drawn(20_001);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 9000 }), (first, count) => {
        const end = Math.min(20_001, first + count);
        expect(drawn(end - first, first)).toEqual(whole.slice(first, end));
      }),
      { numRuns: 50 },
    );
  });

  it('is added, scaled', () => {
    const values = Float64Array.of(10, 20, 30);
    addGaussian(values, seed, 5, 0.5);
    const noise = drawn(3, 5);
    expect([...values]).toEqual([10 + 0.5 * noise[0]!, 20 + 0.5 * noise[1]!, 30 + 0.5 * noise[2]!]);
  });

  it('is normally distributed and uncorrelated', () => {
    const count = 200_000;
    const values = drawn(count);
    const mean = (of: (value: number, i: number) => number) =>
      values.reduce((sum, value, i) => sum + of(value, i), 0) / count;
    // Five standard errors of each moment.
    const error = 5 / Math.sqrt(count);
    expect(Math.abs(mean((value) => value))).toBeLessThan(error);
    expect(Math.abs(mean((value) => value ** 2) - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(mean((value) => value ** 3))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(mean((value) => value ** 4) - 3)).toBeLessThan(error * Math.sqrt(96));
    for (const lag of [1, 2]) {
      expect(Math.abs(mean((value, i) => value * (values[i + lag] ?? 0)))).toBeLessThan(error);
    }
    // P(|x| > 3) = 0.0027
    const tail = values.filter((value) => Math.abs(value) > 3).length / count;
    expect(Math.abs(tail - 0.0027)).toBeLessThan(5 * Math.sqrt(0.0027 / count));
  });

  it('is other noise under another seed', () => {
    const other = drawn(
      100,
      0,
      1,
      Uint8Array.from(seed, (byte) => byte ^ 1),
    );
    expect(drawn(100).filter((value, i) => value === other[i])).toHaveLength(0);
  });
});
