import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epsilonOf, privacySpent } from '../../../../phoenix/federation/privacy/accountant.ts';
import { renyiDivergence } from '../../../../phoenix/federation/privacy/sampled-gaussian.ts';

const wholeOrders = Array.from({ length: 31 }, (_, i) => 2 + i);

describe('ε', () => {
  it('is what Opacus publishes for 90 epochs at q = 0.04, z = 1.5', () => {
    // opacus/tests/accountants_test.py, test_rdp_accountant
    const spent = privacySpent({ noiseMultiplier: 1.5, samplingRate: 0.04 }, 2250, 1e-5);
    expect(spent.epsilon).toBeCloseTo(7.32911117143, 7);
    expect(spent.delta).toBe(1e-5);
  });

  it('is 1 at δ = 1e-6 for the noise that dp_accounting publishes for it', () => {
    // rdp_privacy_accountant_test.py, test_compute_epsilon_delta_gaussian: there with orders 0.001 apart
    const mechanism = { noiseMultiplier: 4.530877117, samplingRate: 1 };
    const orders = Array.from({ length: 99_000 }, (_, i) => 1.001 + i / 1000);
    const divergences = orders.map((order) => renyiDivergence(mechanism, order));
    expect(epsilonOf(orders, divergences, 1e-6)).toBeCloseTo(1, 7);
    expect(privacySpent(mechanism, 1, 1e-6).epsilon).toBeCloseTo(1, 6);
  });

  it('is what dp_accounting computes by hand for pure differential privacy', () => {
    // there, test_compute_epsilon_delta_pure_dp
    const divergences = wholeOrders.map(() => 1.1);
    expect(epsilonOf(wholeOrders, divergences, 1e-5)).toBeCloseTo(1.32783806176, 7);
  });

  it('agrees with TensorFlow Privacy, whose older conversion is looser', () => {
    // rdp_accountant_test.py, test_get_privacy_spent_check_target_delta and test_check_composition: ε = D + ln(1/δ) / (α − 1)
    const older = (divergence: number, order: number) => divergence - Math.log(1e-5) / (order - 1);
    const divergence = (z: number, q: number, order: number) =>
      renyiDivergence({ noiseMultiplier: z, samplingRate: q }, order);
    expect(older(10_000 * divergence(4, 0.01, 20), 20)).toBeCloseTo(1.258575, 5);
    const composed = 40_000 * divergence(0.4, 1e-4, 2.5) + 100 * divergence(2, 0.1, 2.5);
    expect(older(composed, 2.5)).toBeCloseTo(8.509656, 5);
    expect(privacySpent({ noiseMultiplier: 4, samplingRate: 0.01 }, 10_000, 1e-5).epsilon).toBeLessThan(
      1.258575,
    );
  });

  it('is never below what the Gaussian mechanism costs exactly, and close to it', () => {
    // Balle and Wang 2018, theorem 8: δ(ε) of one release with z is Φ(1/2z − εz) − e^ε Φ(−1/2z − εz).
    for (const z of [0.7, 1, 3, 10, 40]) {
      const { epsilon } = privacySpent({ noiseMultiplier: z, samplingRate: 1 }, 1, 1e-5);
      expect(exactDelta(z, epsilon!)).toBeLessThan(1e-5);
      expect(exactDelta(z, 0.8 * epsilon!)).toBeGreaterThan(1e-5);
    }
  });

  it('grows with every release and shrinks with noise and δ', () => {
    const z = fc.double({ min: 0.3, max: 100, noNaN: true });
    fc.assert(
      fc.property(z, fc.integer({ min: 1, max: 1000 }), (noiseMultiplier, rounds) => {
        const epsilon = (noise: number, releases: number, delta: number) =>
          privacySpent({ noiseMultiplier: noise, samplingRate: 1 }, releases, delta).epsilon!;
        const own = epsilon(noiseMultiplier, rounds, 1e-5);
        expect(epsilon(noiseMultiplier, rounds + 1, 1e-5)).toBeGreaterThan(own);
        expect(epsilon(2 * noiseMultiplier, rounds, 1e-5)).toBeLessThan(own);
        expect(epsilon(noiseMultiplier, rounds, 1e-4)).toBeLessThan(own);
      }),
    );
  });

  it('is not there without noise', () => {
    expect(privacySpent({ noiseMultiplier: 0, samplingRate: 1 }, 1, 1e-5)).toEqual({
      epsilon: null,
      delta: 1e-5,
    });
  });
});

function exactDelta(z: number, epsilon: number): number {
  return normal(1 / (2 * z) - epsilon * z) - Math.exp(epsilon) * normal(-1 / (2 * z) - epsilon * z);
}

/** Φ, by Simpson's rule over the 12 standard deviations below x. */
function normal(x: number): number {
  const [intervals, width] = [20_000, 12];
  let sum = 0;
  for (let i = 0; i <= intervals; i++) {
    const at = x - width + (i * width) / intervals;
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 0 ? 2 : 4;
    sum += weight * Math.exp((-at * at) / 2);
  }
  return (sum * width) / intervals / 3 / Math.sqrt(2 * Math.PI);
}
