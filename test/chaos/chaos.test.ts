/** Five kills, as in `npm run chaos`: enough to see that it works, and too few to prove it. */
import { expect, it } from 'vitest';
import { chaos } from '../../chaos/main.ts';

it('ends with the same weights, metrics and ledger, whoever is killed', async () => {
  const lines: string[] = [];
  const { passed, runs, failure, undisturbed } = await chaos(5, 2, (line) => lines.push(line));
  expect(failure).toBe(null);
  expect(undisturbed.outcome.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  expect(undisturbed.outcome.ledger.clients.some(({ removal }) => removal !== null)).toBe(true);
  expect(runs.flatMap(({ kills }) => kills).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(runs.map(({ differences }) => differences)).toEqual(runs.map(() => []));
  expect(passed).toBe(true);
});
