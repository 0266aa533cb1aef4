import { expect, test } from 'vitest';
import { differences, outcomeOf } from '../../../chaos/outcome.ts';
import { ref, run } from '../report/example-run.ts';

const undisturbed = outcomeOf(run);

test('times and how a result came about may differ', () => {
  const later = run.rounds.map((round) => ({ ...round, startedAt: '2030-01-01T00:00:00Z', steps: [] }));
  expect(differences(outcomeOf({ ...run, rounds: later }), undisturbed)).toEqual([]);
});

test('a single number or byte that differs is named', () => {
  const [first, ...others] = run.rounds;
  const metrics = { ...first!.metrics!, recall: first!.metrics!.recall + 1e-12 };
  expect(
    differences(outcomeOf({ ...run, rounds: [{ ...first!, metrics }, ...others] }), undisturbed),
  ).toEqual(['metrics']);
  const final = { ...run.final!, weightsHash: ref('other').hash, grid: ref('another grid') };
  expect(differences(outcomeOf({ ...run, final }), undisturbed)).toEqual(['weightsHash', 'samples']);
  const [standing, ...rest] = run.ledger.clients;
  const ledger = { clients: [{ ...standing!, strikes: standing!.strikes + 1 }, ...rest] };
  expect(differences(outcomeOf({ ...run, ledger }), undisturbed)).toEqual(['ledger']);
});
