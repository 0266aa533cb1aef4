/** Runs whose objects are damaged in the store, on the real servers: they stop, say which, and are resumed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun, Ref } from '../../phoenix/federation/records.ts';
import { blobKey } from '../../phoenix/storage/blobs.ts';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';

let stack: Stack;
const FORK = ['--round', '1', '--set', 'training.learningRate=0.0005'];

let undisturbed: FullRun;
let undisturbedFork: FullRun;

beforeAll(async () => {
  const first = await Stack.start();
  undisturbed = await first.finish(TINY);
  undisturbedFork = JSON.parse(await first.phoenix('fork', undisturbed.run, ...FORK, '--json')) as FullRun;
  await first.stop();
  stack = await Stack.start();
});

afterAll(() => stack.stop());

/** Flips one bit in the middle. Returns the object's key. */
function damage(ref: Ref): string {
  const key = blobKey(ref);
  const file = stack.file(key);
  const whole = readFileSync(file);
  writeFileSync(file, whole.with(whole.length >> 1, whole[whole.length >> 1]! ^ 1));
  return key;
}

const shown = async (run: string): Promise<FullRun> =>
  JSON.parse(await stack.phoenix('show', run, '--json')) as FullRun;

describe('a run that needs a damaged object', () => {
  it('stops with its name, and resumed ends with the same weights', async () => {
    // The first round is there already when the run that is disturbed begins.
    const shorter = await stack.finish(TINY, ['federation.rounds=1']);
    const key = damage(shorter.rounds[0]!.aggregated);
    const verified = await stack.execute('verify', shorter.run);
    expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining(`${key}: its SHA-256 is `)]);

    const failed = await stack.execute('run', TINY);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`the object ${key} is corrupt`);
    expect(await stack.phoenix('status', undisturbed.run)).toContain('failed');
    expect([...stack.objects().keys()]).toContainEqual(
      expect.stringMatching(`^quarantine/${key}/[0-9a-f]{16}$`),
    );

    const resumed = await stack.phoenix('resume', undisturbed.run);
    expect(resumed).toContain(`${undisturbed.run} failed: the object ${key} is corrupt`);
    expect(resumed).toContain('It is repeated from the beginning; only what is damaged');
    const document = await shown(undisturbed.run);
    expect(document.final!.weightsHash).toBe(undisturbed.final!.weightsHash);
    expect(document.rounds.map(({ metrics }) => metrics)).toEqual(
      undisturbed.rounds.map(({ metrics }) => metrics),
    );
    // Of the first round nothing else was computed again.
    const again = document.rounds[0]!.steps.filter(({ reused }) => !reused);
    expect(again.map(({ label }) => label)).toEqual(['round 1 · average of 2 clients']);
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
  });
});

const computed = ({ rounds }: FullRun): string[] =>
  rounds.flatMap(({ steps }) => steps.filter(({ reused }) => !reused).map(({ label }) => label));

describe('a finished run with a damaged object', () => {
  it('is told which, and is mended by resuming it: a record of a round costs no step', async () => {
    const { run, rounds, final } = await shown(undisturbed.run);
    const key = damage(rounds[1]!.record);
    const unread = await stack.execute('show', run);
    expect(unread.code).toBe(1);
    expect(unread.stderr).toMatch(new RegExp(`^the object ${key} is corrupt: .*npx phoenix resume`));
    expect(await stack.phoenix('resume', run)).toContain('It is repeated from the beginning');
    const document = await shown(run);
    expect(document.final!.weightsHash).toBe(final!.weightsHash);
    expect(computed(document)).toEqual([]);
    expect(await stack.phoenix('verify', run)).toContain(' 0 with problems');
    expect(await stack.phoenix('resume', run)).toBe(`${run} has finished\n`);
  });

  it('is named by a fork that needs it, and the fork goes on once it is mended', async () => {
    const { run: parent, rounds } = await shown(undisturbed.run);
    const key = damage(rounds[0]!.aggregated);
    const failed = await stack.execute('fork', parent, ...FORK);
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringContaining(`the object ${key} is corrupt`),
    ]);
    const record = damage(rounds[0]!.record);
    const fork = undisturbedFork.run;
    const refused = (object: string, problem: string) => ({
      code: 2,
      stderr: expect.stringMatching(
        new RegExp(
          `^${fork} needs ${parent}, and the object ${object} is ${problem}.*; \`npx phoenix resume ${parent}\` computes it again\n$`,
        ),
      ) as string,
    });
    expect(await stack.execute('resume', fork)).toMatchObject(refused(record, 'corrupt'));
    await stack.phoenix('resume', parent);
    expect(computed(await shown(parent))).toEqual(['round 1 · average of 2 clients']);
    await stack.phoenix('resume', fork);
    expect((await shown(fork)).final!.weightsHash).toBe(undisturbedFork.final!.weightsHash);
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
  });
});
