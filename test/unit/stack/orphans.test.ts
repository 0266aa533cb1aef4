import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stopOrphans } from '../../../infra/stack/orphans.ts';
import { processIdentity } from '../../../infra/stack/process-identity.ts';
import { emptyStack, readStack, writeStack, type ProcessRecord } from '../../../infra/stack/state.ts';

let folder: string;
const children: ChildProcess[] = [];
const ended: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orphans-'));
  ended.splice(0);
});
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

function orphan(name: string, identity?: string): ProcessRecord {
  const child = spawn('sleep', ['60'], { detached: true });
  children.push(child);
  child.once('exit', () => ended.push(name));
  const own = identity ?? processIdentity(child.pid!);
  return { name, pid: child.pid!, identity: own, restarts: 2, state: 'running', since: '', lastExit: null };
}

describe('what a killed supervisor leaves', () => {
  it('is found by its record and stopped, the last started first', async () => {
    const processes = ['s3', 'temporal', 'gpu-worker'].map((name) => orphan(name));
    writeStack(folder, { ...emptyStack, pid: 1, identity: 'gone', processes });
    expect(await stopOrphans(folder)).toEqual(['gpu-worker', 'temporal', 's3']);
    // Their ends are heard of a moment after they are gone.
    await vi.waitFor(() => expect(ended).toEqual(['gpu-worker', 'temporal', 's3']));
    expect(readStack(folder)).toMatchObject({
      pid: null,
      processes: [{ pid: null, state: 'stopped' }, {}, {}],
    });
  });

  it('is not a process that only has the same pid', async () => {
    writeStack(folder, { ...emptyStack, processes: [orphan('gpu-worker', 'somebody else')] });
    expect(await stopOrphans(folder)).toEqual([]);
    expect(children[0]!.exitCode ?? children[0]!.signalCode).toBeNull();
  });
});
