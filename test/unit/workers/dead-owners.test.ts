import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EngineContext } from '../../../activities/steps/context.ts';
import { runStep } from '../../../phoenix/storage/steps.ts';
import { afterDeadOwners, processOwner } from '../../../workers/dead-owners.ts';
import { stepContext } from '../../helpers/steps.ts';

const identity = { name: 'step', version: 1, settings: {}, inputs: {}, seed: 0 };

const { step } = afterDeadOwners({
  step: (context: EngineContext, request: { value: number }) =>
    runStep(context, identity, request, async () => request.value),
});

const heldBy = async (pid: number) => {
  const context = stepContext();
  const { key } = (await runStep(stepContext(), identity, {}, async () => 0)).step;
  const owner = { ...processOwner(), activity: String(pid) };
  return { context: { ...context, owner: processOwner() }, claim: await context.memo.claim(key, owner) };
};

test('a step of a process that is no more is taken over at once', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const { context } = await heldBy(pid);
  const started = performance.now();
  expect((await step(context, { value: 3 })).result).toBe(3);
  expect(performance.now() - started).toBeLessThan(400);
});

test('one of a process that works is waited for', async () => {
  const { context, claim } = await heldBy(process.ppid);
  let ended = false;
  const result = step(context, { value: 3 }).finally(() => (ended = true));
  await delay(700);
  expect(ended).toBe(false);
  await claim.release();
  expect((await result).result).toBe(3);
});
