import fc from 'fast-check';
import { expect, it } from 'vitest';
import { awaitedClients } from '../../../phoenix/federation/stragglers.ts';

const late = (client: number, done: number, total: number) => ({ client, done, total });

it('waits for those that are furthest, and of equals for the lowest id', () => {
  const some = [late(4, 10, 100), late(2, 5, 10), late(7, 50, 100), late(1, 0, 0)];
  expect(awaitedClients(some, 1)).toEqual([2]);
  expect(awaitedClients(some, 2)).toEqual([2, 7]);
  expect(awaitedClients(some, 3)).toEqual([2, 4, 7]);
});

it('waits for nobody when enough were in time, and for everybody when there are not enough', () => {
  const clients = fc.uniqueArray(fc.nat(50), { maxLength: 20 });
  fc.assert(
    fc.property(clients, fc.integer({ min: -30, max: 30 }), (ids, missing) => {
      const awaited = awaitedClients(
        ids.map((client) => late(client, client % 3, 7)),
        missing,
      );
      expect(awaited.length).toBe(Math.min(ids.length, Math.max(0, missing)));
      expect(awaited).toEqual(awaited.toSorted((a, b) => a - b));
    }),
  );
});
