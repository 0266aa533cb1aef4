/** The stack in the background: a supervisor that has left the terminal, and what is known of it from outside. */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stateFolder } from '../../phoenix/config/environment.ts';
import { claimStack, supervisorOf } from './claim.ts';
import { lastLine, logFile } from './logs.ts';
import { stopOrphans } from './orphans.ts';
import { program } from './program.ts';
import { isSameProcess } from './process-identity.ts';
import type { Tell } from './stack.ts';
import { readStack } from './state.ts';

export class SupervisorFailed extends Error {
  override readonly name = 'SupervisorFailed';
  readonly log: string;

  constructor(log: string) {
    super(`the stack did not start: ${lastLine(log) || 'no reason given'}; its log: ${log}`);
    this.log = log;
  }
}

/**
 * Starts `phoenix supervise` and returns when everything it supervises serves.
 * @param tell takes what the supervisor has to say until then
 * @returns false when a stack was running already
 * @throws SupervisorFailed
 */
export async function startInBackground(tell: Tell): Promise<boolean> {
  const folder = stateFolder();
  if (supervisorOf(folder) !== null) return false;
  const log = logFile(folder, 'supervisor');
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const before = fstatSync(output).size;
  const child = spawn(process.execPath, [program, 'supervise'], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, PHOENIX_STATE: folder },
  });
  closeSync(output);
  let ended = false;
  child.once('exit', () => (ended = true));
  while (!serves(folder, child.pid)) {
    if (ended) throw new SupervisorFailed(log);
    await delay(100);
  }
  child.unref();
  // Each line of the log begins with the time.
  const news = readFileSync(log).subarray(before).toString('utf8');
  for (const line of news.split('\n').filter(Boolean)) tell(line.slice(line.indexOf(' ') + 1));
  return true;
}

function serves(folder: string, supervisor: number | undefined): boolean {
  const { pid, processes } = readStack(folder);
  return pid === supervisor && processes.every(({ state }) => state === 'running');
}

/**
 * Stops the stack, supervised or orphaned, wherever it was started from.
 * @returns whether anything ran
 */
export async function stopFromOutside(): Promise<boolean> {
  const folder = stateFolder();
  const supervisor = supervisorOf(folder);
  if (supervisor === null) {
    const release = claimStack(folder);
    const orphans = await stopOrphans(folder).finally(release);
    return orphans.length > 0;
  }
  process.kill(supervisor, 'SIGTERM');
  while (supervisorOf(folder) === supervisor) await delay(50);
  return true;
}

export interface StackHealth {
  /** Pid of the supervisor; null when nobody watches over the processes. */
  readonly supervisor: number | null;
  readonly processes: readonly {
    name: string;
    pid: number | null;
    state: string;
    restarts: number;
    since: string;
    lastExit: string | null;
  }[];
}

/** What runs, checked against the machine's processes and not only read from the record. */
export function stackHealth(): StackHealth {
  const folder = stateFolder();
  const supervisor = supervisorOf(folder);
  const processes = readStack(folder).processes.map(({ identity, ...one }) => {
    const alive = isSameProcess(one.pid, identity);
    if (supervisor !== null) return one;
    return { ...one, pid: alive ? one.pid : null, state: alive ? 'unsupervised' : 'stopped' };
  });
  return { supervisor, processes };
}
