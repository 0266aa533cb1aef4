import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAN_IN, groupsOf, treeOf } from '../../../../phoenix/federation/strategies/tree.ts';

describe('a tree of averages', () => {
  it('has every client once and in order, in as few and as equal groups as can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (count) => {
        const clients = Array.from({ length: count }, (_, client) => client);
        const groups = groupsOf(clients);
        expect(groups.flat()).toEqual(clients);
        expect(groups.length).toBe(Math.ceil(count / FAN_IN));
        const sizes = groups.map((group) => group.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(FAN_IN);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('weighs clients in its groups, and lets the server take one step', () => {
    const fedavg = { kind: 'fedavg' } as const;
    const fedavgm = { kind: 'fedavgm', serverLearningRate: 1, momentum: 0.9 } as const;
    const qfedavg = { kind: 'qfedavg', q: 0.2, lipschitz: 10 } as const;
    expect(treeOf(fedavgm)).toEqual({ groups: fedavg, root: fedavgm });
    expect(treeOf(qfedavg)).toEqual({ groups: qfedavg, root: fedavg });
    expect(treeOf({ kind: 'median' })).toBeNull();
  });
});
