/** Seeded random numbers beyond permutations: uniform, and from distributions of d3-random. */
import { randomGamma, randomNormal } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';

/** An endless sequence of numbers in [0, 1) that depends on `seed` alone. */
export function uniform(seed: number): () => number {
  const random = mersenne(seed);
  return () => uniformFloat64(random);
}

/** An endless sequence of standard normal numbers. */
export const standardNormal = (seed: number): (() => number) => randomNormal.source(uniform(seed))(0, 1);

/**
 * One draw from the symmetric Dirichlet distribution: `size` shares ≥ 0 that add up to 1, as gamma variates over their sum.
 * A large concentration makes them alike, a small one leaves nearly everything to a few.
 */
export function dirichlet(size: number, concentration: number, seed: number): number[] {
  const gamma = randomGamma.source(uniform(seed))(concentration);
  const variates = Array.from({ length: size }, gamma);
  const sum = variates.reduce((total, variate) => total + variate, 0);
  // All too small for a number: the limit of the distribution, where one has everything.
  if (sum === 0) return variates.map((_, place) => (place === seed % size ? 1 : 0));
  return variates.map((variate) => variate / sum);
}
