/**
 * Rényi differential privacy of the sampled Gaussian mechanism (Mironov, Talwar and Zhang 2019, "Rényi Differential
 * Privacy of the Sampled Gaussian Mechanism").
 */

export interface SampledGaussian {
  /** z: standard deviation of the noise ÷ l2 sensitivity of what it is added to. */
  readonly noiseMultiplier: number;
  /**
   * q: each client takes part with this probability, independently of the others (Poisson sampling). Less than 1 is true only
   * where nobody who sees the outcome knows who took part.
   */
  readonly samplingRate: number;
}

/** How far the integrand is followed beyond its outermost bumps, in standard deviations: e^(−12²/2) = 5e-32 is left. */
const REACH = 12;

/**
 * The Rényi divergence of order α > 1 that one release costs at most: ln A_α / (α − 1), where A_α is the expectation over
 * x ~ N(0, z²) of the likelihood ratio ((1 − q) + q e^((2x − 1) / 2z²))^α (there, eq. 3 and theorem 5). Infinite without noise.
 *
 * The expectation is a sum over evenly spaced points. For an integrand that is analytic around the real axis this
 * converges exponentially (Trefethen and Weideman 2014); the ratio's branch points lie πz² away from it.
 */
export function renyiDivergence(
  { noiseMultiplier: z, samplingRate: q }: SampledGaussian,
  order: number,
): number {
  if (q === 0) return 0;
  if (q === 1 || z === 0) return order / (2 * z * z);

  const spacing = Math.min(z, z * z) / 4;
  const first = -REACH * z;
  const points = Math.ceil((order + 2 * REACH * z) / spacing);
  // Logarithms throughout: the bump at x = α is as high as e^(α² / 2z²).
  let log = -Infinity;
  for (let i = 0; i <= points; i++) {
    const x = first + i * spacing;
    const ratio = logAdd(Math.log1p(-q), Math.log(q) + (2 * x - 1) / (2 * z * z));
    log = logAdd(log, order * ratio - (x * x) / (2 * z * z));
  }
  const logA = log + Math.log(spacing / (z * Math.sqrt(2 * Math.PI)));
  // A_α is at least 1: below is rounding.
  return Math.max(0, logA) / (order - 1);
}

/** ln(e^a + e^b) */
function logAdd(a: number, b: number): number {
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === -Infinity ? more : more + Math.log1p(Math.exp(less - more));
}
