import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion } from '../../../phoenix/federation/apportion.ts';

const clients = (...examples: number[]) => examples.map((count, client) => ({ client, examples: count }));
const counts = (shares: ReturnType<typeof apportion>) => shares.map(({ samples }) => samples);

describe('apportion', () => {
  it('gives shares by examples', () => {
    expect(counts(apportion(100, clients(1000, 3000)))).toEqual([25, 75]);
  });

  it('gives what is left to the largest remainders, then to the lowest ids', () => {
    // Quotas 1.4, 1.4, 2.2
    expect(counts(apportion(5, clients(14, 14, 22)))).toEqual([2, 1, 2]);
    expect(counts(apportion(10, clients(1, 1, 1, 1)))).toEqual([3, 3, 2, 2]);
  });

  it('adds up, stays within one of the exact share, and does not depend on the order', () => {
    const federation = fc
      .uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 20 })
      .chain((ids) =>
        fc.tuple(
          ...ids.map((client) =>
            fc.record({ client: fc.constant(client), examples: fc.integer({ min: 1, max: 50_000 }) }),
          ),
        ),
      );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), federation, (samples, members) => {
        const shares = apportion(samples, members);
        expect(counts(shares).reduce((a, b) => a + b)).toBe(samples);
        expect(shares.map(({ client }) => client)).toEqual(
          members.map(({ client }) => client).toSorted((a, b) => a - b),
        );
        const total = members.reduce((sum, { examples }) => sum + examples, 0);
        for (const { client, samples: share } of shares) {
          const { examples } = members.find((member) => member.client === client)!;
          expect(Math.abs(share - (samples * examples) / total)).toBeLessThan(1);
        }
        expect(apportion(samples, members.toReversed())).toEqual(shares);
      }),
    );
  });

  it('needs an example', () => {
    expect(() => apportion(10, [])).toThrow(RangeError);
    expect(() => apportion(10, clients(0, 0))).toThrow(RangeError);
  });
});
