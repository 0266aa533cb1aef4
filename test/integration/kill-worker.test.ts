/** SIGKILL of the training worker at three different moments: the run ends with the same bytes as if undisturbed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { Stack, untilDead } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** Long enough to be caught in the middle. */
const LONGER = ['training.steps=500', 'data.sharing.warmup.steps=500', 'checkpoint.seconds=0.2'];

let undisturbed: FullRun;
let stack: Stack;

beforeAll(async () => {
  const first = await Stack.start();
  undisturbed = await first.finish(TINY, LONGER);
  await first.stop();
  stack = await Stack.start();
});

afterAll(() => stack.stop());

describe('a worker that is killed again and again', () => {
  it('ends with the same weights', async () => {
    const run = await stack.begin(TINY, LONGER);
    for (const label of [/^warm-up · train/, /^round 1 · client 1 · train/, /^round 2 · client 0 · train/]) {
      await stack.untilStep(run, label, 150);
      const engines = stack.kill('gpu-worker');
      // The engine's process goes with the worker: nobody trains for nobody.
      await untilDead(engines, 5);
    }
    const document = await stack.finish(TINY, LONGER);
    expect(document.run).toBe(run);
    expect(document.final).toEqual(undisturbed.final);
    expect(document.rounds.map(({ metrics }) => metrics)).toEqual(
      undisturbed.rounds.map(({ metrics }) => metrics),
    );
    // Losses too: what was lost with the worker is in the checkpoint.
    expect(document.rounds.map(({ clients }) => clients)).toEqual(
      undisturbed.rounds.map(({ clients }) => clients),
    );
    expect(stack.process('gpu-worker').restarts).toBe(3);
  });

  it('went on from checkpoints, three times', async () => {
    const resumed = (await stack.manifests()).filter(({ info }) => info.resumedFrom !== null);
    expect(resumed.map(({ identity }) => identity.name)).toEqual(['train', 'train', 'train']);
    expect(resumed.every(({ info }) => info.resumedFrom! > 0)).toBe(true);
  });
});
