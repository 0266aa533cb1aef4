/** Five kills, as in `npm run chaos`: enough to see that it works, and too few to prove it. */
import { expect, it } from 'vitest';
import { chaos } from '../../chaos/main.ts';
import { victims } from '../../chaos/plan.ts';

/** Kills each of the five once, within a minute. */
const SEED = 2430;
/** About that long, with trainings of a checkpoint each, and a client that is removed. */
const SHORTER = ['federation.rounds=2', 'training.steps=1500', 'data.sharing.warmup.steps=1500'];

it('ends with the same weights, metrics and ledger, whoever is killed', async () => {
  const lines: string[] = [];
  const { passed, runs, failure, undisturbed } = await chaos(5, SEED, (line) => lines.push(line), SHORTER);
  expect(failure, lines.join('\n')).toBe(null);
  expect(undisturbed.outcome.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  expect(undisturbed.outcome.ledger.clients.some(({ removal }) => removal !== null)).toBe(true);
  const kills = runs.flatMap((run) => run.kills);
  expect(kills.map(({ victim }) => victim).toSorted()).toEqual([...victims].toSorted());
  expect(runs.map(({ differences }) => differences)).toEqual(runs.map(() => []));
  expect(passed).toBe(true);
});
