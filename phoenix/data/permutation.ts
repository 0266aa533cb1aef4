/** Seeded permutations, the only randomness of this folder. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** The numbers 0 … `count` − 1 in an order that depends on (count, seed) alone. `seed`: int32 ≥ 0. */
export function permutation(count: number, seed: number): Int32Array {
  return shuffled(
    Int32Array.from({ length: count }, (_, index) => index),
    seed,
  );
}

/** A copy of `values` in seeded order (Fisher–Yates). */
export function shuffled(values: Int32Array, seed: number): Int32Array {
  // Mersenne's set-up mixes the seed well; xoroshiro's first numbers are biased when seeds are close to one
  // another.
  const random = mersenne(seed);
  const order = values.slice();
  for (let last = order.length - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const value = order[last]!;
    order[last] = order[other]!;
    order[other] = value;
  }
  return order;
}
