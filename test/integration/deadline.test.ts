/** A round that does not wait: real training, a real deadline, and what becomes of those who missed it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack } from '../helpers/stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
});

afterAll(() => stack.stop());

it('goes on from the checkpoint of the furthest client, says who was late, and is not taken for another run', async () => {
  // Far more steps than there are in a second: both clients are late, and one result has to be waited for.
  const settings = [
    'federation.rounds=1',
    'training.steps=1500',
    'federation.participation.deadline=1',
    'filtering=null',
  ];
  const run = await stack.finish('experiments/tiny.yaml', settings);
  expect(run).toMatchObject({ state: 'finished', timingDependent: true, steered: false });
  const [round] = run.rounds as [FullRun['rounds'][number]];
  const [trained] = round.clients as [FullRun['rounds'][number]['clients'][number]];
  expect([round.clients.length, round.late.length, round.stragglers]).toEqual([1, 1, 1]);
  const [late] = round.late as [FullRun['rounds'][number]['late'][number]];
  expect(late.client).toBe(1 - trained.client);
  expect(late.done).toBeLessThan(1500);
  expect(trained.training.steps).toBe(1500);
  const { resumedFrom } = round.steps.find(({ label }) => label.includes('train'))!;
  expect(resumedFrom).toBeGreaterThan(0);
  expect(resumedFrom).toBeGreaterThanOrEqual(late.done);

  const set = settings.flatMap((setting) => ['--set', setting]);
  const again = await stack.execute('run', 'experiments/tiny.yaml', ...set);
  expect([again.code, again.stderr]).toEqual([
    2,
    expect.stringContaining('went on without clients that missed its deadline; --fresh starts another run'),
  ]);
  const audit = await stack.phoenix('audit', run.run);
  expect(audit).toContain('Timing-dependent');
  expect(audit).toMatch(
    /client \d · train, [\d,]+ images: failed: the deadline of 1 s was over after \d+ of/,
  );
  expect(await stack.phoenix('status', run.run)).toContain('1, 1 late');
  expect(await stack.phoenix('verify', run.run)).toContain(' 0 with problems');
});
