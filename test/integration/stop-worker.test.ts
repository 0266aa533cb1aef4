/** SIGTERM to the training worker: it saves a checkpoint, hands its step back, and ends in order. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** No checkpoint is due before the step ends: one that there is was saved because of the signal. */
const LONGER = ['training.steps=400', 'checkpoint.seconds=600'];

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
});
afterAll(() => stack.stop());

it('goes on from where the worker was when it was told to stop', async () => {
  const run = await stack.begin(TINY, LONGER);
  await stack.untilStep(run, /^round 1 · client 1 · train/, 100);
  const { pid } = stack.process('gpu-worker');
  process.kill(pid!, 'SIGTERM');
  while (stack.process('gpu-worker').pid === pid) await delay(50);
  expect(stack.process('gpu-worker').lastExit).toBe('exit code 0');

  await stack.finish(TINY, LONGER);
  const resumed = (await stack.manifests()).filter(({ info }) => info.resumedFrom !== null);
  expect(resumed.map(({ identity }) => identity.name)).toEqual(['train']);
  expect(resumed[0]!.info.resumedFrom).toBeGreaterThanOrEqual(100);
});
