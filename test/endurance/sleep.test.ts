/** A machine that sleeps: every process of the stack stands still for longer than every limit that there is. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childrenOf } from '../../chaos/own-stack.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { LEASE_MS } from '../../phoenix/storage/claim.ts';
import { Stack } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
/** Long enough to be caught in the middle. */
const LONGER = ['training.steps=500'];
/** Claims are the most patient: heartbeats are missed after 5 s, workflow tasks after 10 s, a mute store after 60 s. */
const SLEEP_MS = LEASE_MS + 10_000;

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start();
});

afterAll(() => stack.stop());

const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(family)];

/** Runs the experiment to its end, with nobody to disturb it. */
async function undisturbed(): Promise<FullRun> {
  const other = await Stack.start();
  try {
    return await other.finish(TINY, LONGER);
  } finally {
    await other.stop();
  }
}

it('ends with the same bytes when it wakes', async () => {
  const run = await stack.begin(TINY, LONGER);
  await stack.untilStep(run, /^round 1 · client 1 · train/, 50);
  const processes = family(stack.state.pid!);
  // The supervisor, both servers, both workers, and the engine.
  expect(processes.length).toBeGreaterThanOrEqual(6);
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  let expected: FullRun;
  try {
    [expected] = await Promise.all([undisturbed(), delay(SLEEP_MS)]);
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  const document = await stack.finish(TINY, LONGER);
  expect(document.run).toBe(run);
  expect(document.final).toEqual(expected.final);
  expect(document.rounds.map(({ clients, metrics }) => [clients, metrics])).toEqual(
    expected.rounds.map(({ clients, metrics }) => [clients, metrics]),
  );
  // It was there to be woken: nothing had to be started again.
  expect(stack.state.processes.map(({ restarts }) => restarts)).toEqual([0, 0, 0, 0]);
  expect(await stack.phoenix('verify', '--all')).toContain(' 0 with problems');
});
