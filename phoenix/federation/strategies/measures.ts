/** What a first pass over all models can measure. */
import type { Measure } from './strategy.ts';

/** `|x_k − x|²` of every client k: how far it has moved the global model x. */
export const updateNorms: Measure = {
  sums: (clients) => clients,
  add(sums, clients, global) {
    clients.forEach((client, k) => (sums[k] = addSquaredDistance(sums[k]!, client, global!)));
  },
};

/** `|x_j − x_k|²` of all pairs j < k, in the order of `pairAt`. */
export const pairDistances: Measure = {
  sums: (clients) => (clients * (clients - 1)) / 2,
  add(sums, clients) {
    for (let k = 1; k < clients.length; k++) {
      for (let j = 0; j < k; j++) {
        const pair = pairAt(j, k);
        sums[pair] = addSquaredDistance(sums[pair]!, clients[j]!, clients[k]!);
      }
    }
  },
};

export function pairAt(j: number, k: number): number {
  const [low, high] = j < k ? [j, k] : [k, j];
  return (high * (high - 1)) / 2 + low;
}

/** Goes on with the sum of the blocks before, so that the result does not depend on the blocks' length. */
function addSquaredDistance(sum: number, a: Float32Array, b: Float32Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}
