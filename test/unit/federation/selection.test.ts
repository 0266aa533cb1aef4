import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortSize, murmur3, selectClients } from '../../../phoenix/federation/selection.ts';

const participation = fc.record({
  fraction: fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true }),
  minimum: fc.integer({ min: 1, max: 60 }),
});
const active = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 50 });
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const round = fc.integer({ min: 1, max: 1000 });

describe('the number of clients of a round', () => {
  it.each([
    [10, 1, 1, 10],
    [10, 0.25, 1, 2],
    [10, 0.05, 1, 1],
    [10, 0.25, 5, 5],
    [3, 0.25, 5, 3],
    [1000, 0.1, 1, 100],
  ])('of %i, a fraction of %d and at least %i, is %i', (clients, fraction, minimum, size) => {
    expect(cohortSize(clients, { fraction, minimum })).toBe(size);
  });
});

describe('the clients of a round', () => {
  it('are so many different active ones as there have to be, ascending, whatever the order', () => {
    fc.assert(
      fc.property(active, participation, seed, round, (clients, wanted, ...counters) => {
        const chosen = selectClients(clients, wanted, ...counters);
        expect(chosen).toEqual([...new Set(chosen)].toSorted((a, b) => a - b));
        expect(chosen.length).toBe(cohortSize(clients.length, wanted));
        expect(clients).toEqual(expect.arrayContaining(chosen));
        expect(selectClients(clients.toReversed(), wanted, ...counters)).toEqual(chosen);
      }),
      { numRuns: 1000 },
    );
  });

  it('are all of them with the fraction 1', () => {
    const everybody = { fraction: 1, minimum: 1 };
    fc.assert(
      fc.property(active, seed, round, (clients, ...counters) => {
        expect(selectClients(clients, everybody, ...counters)).toEqual(clients.toSorted((a, b) => a - b));
      }),
    );
  });

  it('stay the same when others leave, but for the place that becomes free', () => {
    fc.assert(
      fc.property(active, participation, seed, round, (clients, { minimum }, ...counters) => {
        // The number does not depend on how many there are, as long as there are enough.
        const wanted = { fraction: 1e-9, minimum };
        const chosen = selectClients(clients, wanted, ...counters);
        for (const gone of clients) {
          const left = selectClients(
            clients.filter((client) => client !== gone),
            wanted,
            ...counters,
          );
          expect(left).toEqual(expect.arrayContaining(chosen.filter((client) => client !== gone)));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are each as often drawn as another, and each pair of rounds as unlike as chance has it', () => {
    const clients = Array.from({ length: 40 }, (_, client) => client);
    const rounds = 2000;
    const times = clients.map(() => 0);
    let common = 0;
    let before: number[] = [];
    for (let number = 1; number <= rounds; number++) {
      const chosen = selectClients(clients, { fraction: 0.25, minimum: 1 }, 2023, number);
      for (const client of chosen) times[client]!++;
      common += chosen.filter((client) => before.includes(client)).length;
      before = chosen;
    }
    // Each is drawn with probability 1/4. Chi-squared, 39 degrees of freedom: 72.1 is exceeded once in a thousand
    // times; draws without replacement spread by 39/40 less.
    const expected = rounds / 4;
    const spread = times.reduce((sum, count) => sum + (count - expected) ** 2 / (expected * 0.75), 0);
    expect(spread).toBeLessThan(72.1);
    // 10 of 40, twice: 2.5 in common, with a standard deviation of 1.2 for one pair.
    expect(Math.abs(common / (rounds - 1) - 2.5)).toBeLessThan(0.12);
  });

  it('are others with another seed', () => {
    const clients = Array.from({ length: 100 }, (_, client) => client);
    const ten = { fraction: 0.1, minimum: 1 };
    expect(selectClients(clients, ten, 1, 1)).not.toEqual(selectClients(clients, ten, 2, 1));
  });
});

describe('MurmurHash3', () => {
  // Published test vectors of the x86 32-bit variant, as little-endian words.
  it.each([
    [[], 0, 0],
    [[], 1, 0x514e28b7],
    [[0], 0, 0x2362f9de],
    [[0xffffffff], 0, 0x76293b50],
    [[0x87654321], 0, 0xf55b516b],
    [[0x87654321], 0x5082edee, 0x2362f9de],
    [[0x61616161], 0x9747b28c, 0x5a97808a],
  ])('of %j with seed %i', (words, start, hash) => {
    expect(murmur3(words, start)).toBe(hash);
  });
});
