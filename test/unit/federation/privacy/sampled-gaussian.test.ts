import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renyiDivergence } from '../../../../phoenix/federation/privacy/sampled-gaussian.ts';

/** ln A_α for whole α is a finite sum: Mironov, Talwar and Zhang 2019, section 3.3. */
function binomialSum(samplingRate: number, z: number, order: number): number {
  const terms: number[] = [];
  let logBinomial = 0;
  for (let k = 0; k <= order; k++) {
    if (k > 0) logBinomial += Math.log((order - k + 1) / k);
    const chosen = k * Math.log(samplingRate) + (order - k) * Math.log1p(-samplingRate);
    terms.push(logBinomial + chosen + (k * k - k) / (2 * z * z));
  }
  const largest = Math.max(...terms);
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

describe('the Rényi divergence of a release', () => {
  // google/differential-privacy, rdp_privacy_accountant_test.py, test_compute_rdp_poisson_sampled_gaussian. At order 1.5
  // versions since 2024 give 6.7058e-4, a looser bound.
  it.each([
    [1.5, 6.5007e-4],
    [2.5, 1.0854e-3],
    [5, 2.18075656e-3],
    [50, 2.38460375e-2],
    [100, 1.67416308e2],
  ])('is what dp_accounting publishes at order %d', (order, expected) => {
    const of50 = 50 * renyiDivergence({ noiseMultiplier: 2.5, samplingRate: 0.01 }, order);
    expect(Math.abs(of50 / expected - 1)).toBeLessThan(1e-4);
  });

  it('is what TensorFlow Privacy publishes for q = 0.1', () => {
    // rdp_accountant_test.py, test_compute_rdp_scalar
    expect(10 * renyiDivergence({ noiseMultiplier: 2, samplingRate: 0.1 }, 5)).toBeCloseTo(0.07737, 5);
  });

  it.each([
    // Integrated with mpmath to 30 digits: the cases of dp_accounting's test_compute_log_a_equals_mp, and two more.
    [1e-7, 0.1, 1.01, 4.00341232784253e-8],
    [1e-5, 0.1, 256.1, 3263607.03978842],
    [1e-4, 1, 1.5, 6.44268697036396e-9],
    [0.1, 100, 20.5, 0.000199918184581252],
    [0.999, 100, 256.1, 3.26010803797311],
    [0.01, 0.3, 1.1, 0.00209223947767545],
    [0.5, 0.2, 2.7, 55.5035026124881],
  ])('is the integral that defines it: q = %d, z = %d, α = %d', (samplingRate, z, order, expected) => {
    const logA = renyiDivergence({ noiseMultiplier: z, samplingRate }, order) * (order - 1);
    expect(Math.abs(logA - expected)).toBeLessThan(1e-14 + 1e-10 * expected);
  });

  it('is the closed sum at whole orders, whatever the noise and the rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 50, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.999, noNaN: true }),
        fc.integer({ min: 2, max: 64 }),
        (z, samplingRate, order) => {
          const logA = renyiDivergence({ noiseMultiplier: z, samplingRate }, order) * (order - 1);
          const expected = binomialSum(samplingRate, z, order);
          expect(Math.abs(logA - expected)).toBeLessThan(1e-12 + 1e-10 * expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is α / 2z² where everybody takes part, nothing where nobody does, and infinite without noise', () => {
    expect(renyiDivergence({ noiseMultiplier: 10, samplingRate: 1 }, 20)).toBe(0.1);
    expect(renyiDivergence({ noiseMultiplier: 10, samplingRate: 0 }, 20)).toBe(0);
    expect(renyiDivergence({ noiseMultiplier: 0, samplingRate: 0.5 }, 20)).toBe(Infinity);
  });
});
