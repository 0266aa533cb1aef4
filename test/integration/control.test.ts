/** Runs that are held, steered, ended, taken up again and forked from the command line, on the real servers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** Long enough to be caught in the middle. */
const LONGER = ['training.steps=900'];

let stack: Stack;
let undisturbed: FullRun;

beforeAll(async () => {
  const first = await Stack.start();
  undisturbed = await first.finish(TINY, LONGER);
  await first.stop();
  stack = await Stack.start();
});

afterAll(() => stack.stop());

const trained = async (): Promise<number> =>
  (await stack.manifests()).filter(({ identity }) => identity.name === 'train').length;

const shown = async (run: string): Promise<FullRun> =>
  JSON.parse(await stack.phoenix('show', run, '--json')) as FullRun;

describe('a run', () => {
  it('that was paused in a round and cancelled in another ends with the same weights', async () => {
    const run = await stack.begin(TINY, LONGER);
    await stack.untilStep(run, /^round 1 · client 0 · train/, 50);
    expect(await stack.phoenix('pause', run)).toContain('paused in round 1');
    expect(await stack.phoenix('status', run)).toContain('running, paused, round 1');
    expect((await stack.execute('pause', run)).code).toBe(2);
    expect(await stack.phoenix('resume', run)).toContain('went on in round 1');
    await stack.untilStep(run, /^round 2 · client 1 · train/, 50);
    expect(await stack.phoenix('cancel', run)).toContain('cancelled');
    expect(await stack.execute('disconnect', run, '0')).toMatchObject({
      code: 2,
      stderr: `${run} is not open any more, but cancelled\n`,
    });
    expect(await stack.phoenix('resume', run)).toContain('was cancelled in round 2');
    const document = await shown(run);
    expect(document.final!.weightsHash).toBe(undisturbed.final!.weightsHash);
    expect(document.rounds.map(({ metrics }) => metrics)).toEqual(
      undisturbed.rounds.map(({ metrics }) => metrics),
    );
    expect(document).toMatchObject({ state: 'finished', steered: false });
    expect(document.steering.map(({ act }) => act.kind)).toEqual(['pause', 'resume', 'cancel']);
    // What was under way went on from its checkpoint.
    const steps = document.rounds.flatMap(({ steps: all }) => all);
    expect(steps.filter(({ resumedFrom }) => resumedFrom !== null).length).toBeGreaterThanOrEqual(2);
    expect(await stack.phoenix('resume', run)).toContain('has finished');
  });

  it('is told whole by its audit', async () => {
    const text = await stack.phoenix('audit', undisturbed.run);
    for (const words of [
      /State: finished/,
      /\| paused in round 1 \|/,
      /\| cancelled in round 2 \|/,
      /round 1 · client 0 · train, [\d,]+ images: cancelled/,
      /round 1 · client 0 · train, [\d,]+ images \| \S+ \| [^|]+ \| \d+@\S+ \| 1 \| computed, from its checkpoint at \d+ \|/,
      new RegExp(undisturbed.final!.weightsHash),
    ])
      expect(text).toMatch(words);
    // Every client in every round, from the histories in the store.
    expect(text.match(/client \d · train, [\d,]+ images \|.*computed/g)).toHaveLength(4);
  });

  it('that is forked shares its first rounds, and trains only what comes after them', async () => {
    const before = await trained();
    const changed = ['--round', '1', '--set', 'training.learningRate=0.0005', '--json'];
    const fork = JSON.parse(await stack.phoenix('fork', undisturbed.run, ...changed)) as FullRun;
    expect(await trained()).toBe(before + fork.rounds[1]!.participants);
    expect(fork.rounds[0]).toEqual((await shown(undisturbed.run)).rounds[0]);
    expect(fork.forkedFrom).toEqual({ run: undisturbed.run, round: 1 });
    const refused = await stack.execute('fork', undisturbed.run, '--round', '1', '--set', 'seed=1');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      '--set seed=1 seed: cannot change in a fork; allowed: training, federation.rounds, federation.participation, sampling, filtering, evaluation, checkpoint\n',
    ]);
  });

  it('that is steered in every way does what it was told, from the next round on', async () => {
    const run = await stack.begin(TINY, [
      'training.steps=600',
      'filtering.rule=threshold',
      'filtering.metric=recall',
      'filtering.threshold=0',
    ]);
    await stack.untilStep(run, /^round 1 · client 0 · train/, 10);
    expect(await stack.phoenix('disconnect', run, '1')).toContain('client 1 takes no part from round 2 on');
    expect(await stack.phoenix('add-rounds', run, '2')).toContain('ends after round 4 instead of 2');
    expect(await stack.phoenix('set-threshold', run, '1')).toContain('1 instead of 0 from round 2 on');
    await stack.untilStep(run, /^round 2 · client 0 · train/, 10);
    expect(await stack.phoenix('reinstate', run, '1')).toContain('client 1 takes part');
    expect(await stack.phoenix('stop-after', run, '3')).toContain('ends after round 3 instead of 4');
    for (const refused of [
      ['disconnect', run, '7'],
      ['set-threshold', run, '1.5'],
      ['stop-after', run, '9'],
      ['add-rounds', run, '1000'],
    ])
      expect((await stack.execute(...refused)).code).toBe(2);
    const client = await stack.client();
    await client.workflow.getHandle(run).result();
    await client.connection.close();
    const document = await shown(run);
    expect(document.rounds.map(({ clients }) => clients.map(({ client: id }) => id))).toEqual([
      [0, 1],
      [0],
      [0, 1],
    ]);
    // Nobody's recall is below 0, and nobody's reaches 1.
    expect(document.rounds.map(({ poor }) => poor)).toEqual([[], [0], [0, 1]]);
    expect(document.rounds.map(({ removed }) => removed)).toEqual([[], [], [0]]);
    const audit = await stack.phoenix('audit', run);
    expect(document.steering.map(({ act }) => act.kind)).toEqual([
      'disconnect',
      'addRounds',
      'setThreshold',
      'reinstate',
      'stopAfter',
    ]);
    for (const { effect } of document.steering) expect(audit).toContain(`| ${effect} |`);
  });

  it('that was changed by hand is never taken for what its settings say', async () => {
    const settings = ['training.steps=601'];
    const run = await stack.begin(TINY, settings);
    await stack.untilStep(run, /^round 1 · client 0 · train/, 10);
    expect(await stack.phoenix('stop-after', run, '1')).toContain('ends after round 1 instead of 2');
    const again = await stack.execute('run', TINY, '--set', settings[0]!, '--detach');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--fresh starts another run of them');
    const fresh = JSON.parse(
      await stack.phoenix('run', TINY, '--set', settings[0]!, '--fresh', '--json'),
    ) as FullRun;
    expect(fresh).toMatchObject({ run: `${run}-2`, steered: false });
    expect(fresh.rounds).toHaveLength(2);
    expect(await shown(run)).toMatchObject({ steered: true, rounds: [{ round: 1 }] });
  });
});
