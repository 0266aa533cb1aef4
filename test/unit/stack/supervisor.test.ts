import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSameProcess } from '../../../infra/stack/process-identity.ts';
import { readStack } from '../../../infra/stack/state.ts';
import {
  ProcessFailed,
  type ProcessEvent,
  type ProcessSpec,
} from '../../../infra/stack/supervised-process.ts';
import { Supervisor } from '../../../infra/stack/supervisor.ts';

let folder: string;
let journal: string;
let events: ProcessEvent[];
const supervisors: Supervisor[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  journal = join(folder, 'journal');
  events = [];
});
afterEach(async () => {
  for (const supervisor of supervisors.splice(0)) await supervisor.stop();
});

/** A process that notes its start and its orderly end, and stays until then. */
const stub = (name: string, script = ''): ProcessSpec => ({
  name,
  command: process.execPath,
  args: [
    '-e',
    `const note = (word) => require('fs').appendFileSync(${JSON.stringify(journal)}, word + ' ${name}\\n');
     process.on('SIGTERM', () => { note('stopped'); process.exit(0); });
     note('started'); setInterval(() => {}, 1000); ${script}`,
  ],
  log: join(folder, 'logs', `${name}.log`),
  ready: async (signal) => {
    while (!notes().includes(`started ${name}`)) await delay(10, undefined, { signal });
  },
});

const notes = (): string[] => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []);
const record = (name: string) => readStack(folder).processes.find((one) => one.name === name)!;

function supervise(...stages: ProcessSpec[][]): Supervisor {
  const supervisor = new Supervisor(folder, stages, (event) => events.push(event));
  supervisors.push(supervisor);
  return supervisor;
}

describe('supervisor', () => {
  it('starts stage after stage, records who runs, and stops in the opposite order', async () => {
    const supervisor = supervise([stub('s3')], [stub('temporal')], [stub('worker')]);
    await supervisor.start();
    expect(notes()).toEqual(['started s3', 'started temporal', 'started worker']);
    const { pid, processes } = readStack(folder);
    expect(pid).toBe(process.pid);
    expect(processes.map(({ name, state }) => [name, state])).toEqual([
      ['s3', 'running'],
      ['temporal', 'running'],
      ['worker', 'running'],
    ]);
    for (const one of processes) expect(isSameProcess(one.pid, one.identity)).toBe(true);

    await supervisor.stop();
    expect(notes().slice(3)).toEqual(['stopped worker', 'stopped temporal', 'stopped s3']);
    expect(readStack(folder)).toMatchObject({
      pid: null,
      processes: [{ pid: null, state: 'stopped' }, {}, {}],
    });
  });

  it('starts again what dies, counts it and says so', async () => {
    await supervise([stub('worker')]).start();
    const first = record('worker').pid!;
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(record('worker')).toMatchObject({ restarts: 1, state: 'running' }), 10_000);
    expect(record('worker').lastExit).toBe('SIGKILL');
    expect(record('worker').pid).not.toBe(first);
    expect(events.map(({ kind }) => kind)).toEqual(['running', 'died', 'running']);
    expect(events[1]).toMatchObject({ name: 'worker', exit: 'SIGKILL', restartIn: 500 });
  });

  it('keeps its processes out of the terminal’s process group', async () => {
    await supervise([stub('worker')]).start();
    const { pid } = record('worker');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    expect(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])).toBe(pid);
  });

  it('gives up, with the reason, when something does not come to serve at first', async () => {
    const broken = stub('temporal', 'console.error("the database is locked"); process.exit(3)');
    const supervisor = supervise([stub('s3')], [{ ...broken, ready: () => delay(5000) }]);
    const failure = await supervisor.start().then(null, (error: unknown) => error);
    expect(failure).toBeInstanceOf(ProcessFailed);
    expect((failure as Error).message).toMatch(
      /temporal did not start \(exit code 3\): the database is locked; its log/,
    );
    expect(notes().at(-1)).toBe('stopped s3');
  });

  it('names a program that is not there', async () => {
    const supervisor = supervise([{ ...stub('s3'), command: join(folder, 'nothing') }]);
    await expect(supervisor.start()).rejects.toThrow(/s3 did not start \(spawn .*ENOENT\)/);
  });

  it('can be stopped while it starts', async () => {
    const never = {
      ...stub('temporal'),
      ready: (signal: AbortSignal) => delay(60_000, undefined, { signal }),
    };
    const supervisor = supervise([never], [stub('worker')]);
    const started = supervisor.start();
    await vi.waitFor(() => expect(notes()).toEqual(['started temporal']));
    await supervisor.stop();
    await started;
    expect(notes()).toEqual(['started temporal', 'stopped temporal']);
  });
});
