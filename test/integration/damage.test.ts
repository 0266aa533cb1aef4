/** A run whose object is damaged in the store, on the real servers: it stops, says which, and is resumed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { blobKey } from '../../phoenix/storage/blobs.ts';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';

let stack: Stack;
let undisturbed: FullRun;

beforeAll(async () => {
  const first = await Stack.start();
  undisturbed = await first.finish(TINY);
  await first.stop();
  stack = await Stack.start();
});

afterAll(() => stack.stop());

describe('a run that needs a damaged object', () => {
  it('stops with its name, and resumed ends with the same weights', async () => {
    // The first round is there already when the run that is disturbed begins.
    const shorter = await stack.finish(TINY, ['federation.rounds=1']);
    const key = blobKey(shorter.rounds[0]!.aggregated);
    const file = stack.file(key);
    const whole = readFileSync(file);
    writeFileSync(file, whole.with(whole.length >> 1, whole[whole.length >> 1]! ^ 1));
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
    const shown = JSON.parse(await stack.phoenix('show', undisturbed.run, '--json')) as FullRun;
    expect(shown.final!.weightsHash).toBe(undisturbed.final!.weightsHash);
    expect(shown.rounds.map(({ metrics }) => metrics)).toEqual(
      undisturbed.rounds.map(({ metrics }) => metrics),
    );
    // Of the first round nothing else was computed again.
    const again = shown.rounds[0]!.steps.filter(({ reused }) => !reused);
    expect(again.map(({ label }) => label)).toEqual(['round 1 · average of 2 clients']);
    expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
  });
});
