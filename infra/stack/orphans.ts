/** Processes that outlived their supervisor, which was killed: they are found by record and stopped. */
import { setTimeout as delay } from 'node:timers/promises';
import { isSameProcess } from './process-identity.ts';
import { readStack, writeStack, type ProcessRecord } from './state.ts';

/** Milliseconds between SIGTERM and SIGKILL. */
const grace = 20_000;

/**
 * Stops what a dead supervisor left, the last started first (workers, then Temporal, then S3). Only for the holder of
 * the claim: a living supervisor would start everything again.
 * @returns the names of what was stopped
 */
export async function stopOrphans(stateFolder: string): Promise<string[]> {
  const stack = readStack(stateFolder);
  const orphans = stack.processes.filter(({ pid, identity }) => isSameProcess(pid, identity)).reverse();
  for (const orphan of orphans) await stop(orphan);
  writeStack(stateFolder, {
    ...stack,
    pid: null,
    identity: null,
    processes: stack.processes.map((one) => ({ ...one, pid: null, identity: null, state: 'stopped' })),
  });
  return orphans.map(({ name }) => name);
}

async function stop({ pid, identity }: ProcessRecord): Promise<void> {
  signal(pid!, 'SIGTERM');
  const deadline = performance.now() + grace;
  while (isSameProcess(pid, identity)) {
    if (performance.now() > deadline) signal(-pid!, 'SIGKILL');
    await delay(50);
  }
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
