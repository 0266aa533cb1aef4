import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopOrphans } from '../../../infra/stack/orphans.ts';
import { processIdentity } from '../../../infra/stack/process-identity.ts';
import { emptyStack, readStack, writeStack, type ProcessRecord } from '../../../infra/stack/state.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orphans-'));
});
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A process that notes its name in the file `ends` when it is told to end. */
async function orphan(name: string, identity?: string): Promise<ProcessRecord> {
  const script = `trap 'echo ${name} >> ends; exit' TERM; echo ready; while :; do sleep 0.02; done`;
  const child = spawn('sh', ['-c', script], {
    detached: true,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  const own = identity ?? processIdentity(child.pid!);
  return { name, pid: child.pid!, identity: own, restarts: 2, state: 'running', since: '', lastExit: null };
}

describe('what a killed supervisor leaves', () => {
  it('is found by its record and stopped, the last started first', async () => {
    const processes = await Promise.all(['s3', 'temporal', 'gpu-worker'].map((name) => orphan(name)));
    writeStack(folder, { ...emptyStack, pid: 1, identity: 'gone', processes });
    expect(await stopOrphans(folder)).toEqual(['gpu-worker', 'temporal', 's3']);
    expect(readFileSync(join(folder, 'ends'), 'utf8').trim().split('\n')).toEqual([
      'gpu-worker',
      'temporal',
      's3',
    ]);
    expect(readStack(folder)).toMatchObject({
      pid: null,
      processes: [{ pid: null, state: 'stopped' }, {}, {}],
    });
  });

  it('is not a process that only has the same pid', async () => {
    writeStack(folder, { ...emptyStack, processes: [await orphan('gpu-worker', 'somebody else')] });
    expect(await stopOrphans(folder)).toEqual([]);
    expect(children[0]!.exitCode ?? children[0]!.signalCode).toBeNull();
  });
});
