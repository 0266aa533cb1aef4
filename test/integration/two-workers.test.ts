/** Two GPU workers, each in its own folder, share the clients of one run; one of them is killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, Stack, untilDead } from '../helpers/stack.ts';

const TINY = 'experiments/tiny.yaml';
const LONGER = ['data.clients=4', 'training.steps=300', 'checkpoint.seconds=0.2'];

let stack: Stack;
let folder: string;
let second: ChildProcess;

beforeAll(async () => {
  stack = await Stack.start();
  folder = mkdtempSync(join(tmpdir(), 'phoenix-worker-'));
  second = spawn(process.execPath, [join(root, 'bin/phoenix.mjs'), 'worker', 'gpu'], {
    cwd: folder,
    env: stack.connectionVariables(join(folder, 'state')),
    stdio: 'ignore',
  });
});

afterAll(async () => {
  second.kill('SIGKILL');
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** "pid@host" of the workers that finished a step, by the run's history. */
async function workersOf(run: string, rounds: number): Promise<Map<string, string[]>> {
  const client = await stack.client();
  const found = new Map<string, string[]>();
  for (let round = 1; round <= rounds; round++) {
    const { events } = await client.workflow.getHandle(`${run}/round-0${round}`).fetchHistory();
    for (const { activityTaskCompletedEventAttributes: completed } of events ?? []) {
      if (!completed) continue;
      const scheduled = events!.find(({ eventId }) => String(eventId) === String(completed.scheduledEventId));
      const step = scheduled!.activityTaskScheduledEventAttributes!.activityType!.name!;
      found.set(completed.identity!, [...(found.get(completed.identity!) ?? []), `${round} ${step}`]);
    }
  }
  await client.connection.close();
  return found;
}

describe('two workers', () => {
  it('share the clients, and one goes on alone when the other is killed', async () => {
    const run = await stack.begin(TINY, LONGER);
    await stack.untilStep(run, /^round 2 · client \d · train/, 100);
    second.kill('SIGKILL');
    await untilDead([second.pid!], 5);
    const shared = await stack.finish(TINY, LONGER);
    expect(shared.state).toBe('finished');

    const steps = await workersOf(run, 2);
    const trainers = [...steps].filter(([, done]) => done.includes('1 train')).map(([worker]) => worker);
    expect(trainers.length).toBe(2);
    const survivors = [...steps].filter(([, done]) => done.includes('2 train')).map(([worker]) => worker);
    expect(survivors.some((worker) => !worker.startsWith(`${second.pid}@`))).toBe(true);

    const alone = await Stack.start();
    try {
      expect((await alone.finish(TINY, LONGER)).final).toEqual(shared.final);
    } finally {
      await alone.stop();
    }
  });
});
