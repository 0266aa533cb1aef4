/**
 * Client sampling: who trains in a round. Pure, and drawn from counters alone, so that a round chooses the same clients
 * however often it is repeated.
 */

/** How many of the active clients train in each round. Structurally a part of `federation.participation`. */
export interface Participation {
  /** 0..1 */
  readonly fraction: number;
  /** At least so many, where there are so many. */
  readonly minimum: number;
}

/** Number of clients that train in a round, of `active` ones: rounded down, as Flower does. */
export function cohortSize(active: number, { fraction, minimum }: Participation): number {
  return Math.min(active, Math.max(Math.floor(active * fraction), minimum));
}

/**
 * The clients of a round, ascending. Each client has a number that (seed, round, client) gives it, and the lowest are
 * chosen: so all subsets are equally likely, the order of `active` does not matter, and a client that is not there any more
 * changes nothing for the others than that the next one in line takes its place.
 *
 * @param active ids of different clients
 */
export function selectClients(
  active: readonly number[],
  participation: Participation,
  seed: number,
  round: number,
): number[] {
  return active
    .map((client) => ({ client, rank: murmur3([round, client], seed) }))
    .toSorted((a, b) => a.rank - b.rank || a.client - b.client)
    .slice(0, cohortSize(active.length, participation))
    .map(({ client }) => client)
    .toSorted((a, b) => a - b);
}

/**
 * MurmurHash3 (x86, 32 bit) of 32-bit words, little-endian: 0 to 2³² − 1. SHA-256, which the other seeds come from, is
 * not to be had in a workflow.
 */
export function murmur3(words: readonly number[], seed: number): number {
  let hash = seed;
  for (const word of words) {
    hash ^= Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    hash = Math.imul(rotated(hash, 13), 5) + 0xe6546b64;
  }
  hash ^= 4 * words.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
