import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isSameProcess, processIdentity } from '../../../infra/stack/process-identity.ts';

describe('identity of a process', () => {
  it('stays the same and differs from that of others', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const own = processIdentity(process.pid);
    const childs = processIdentity(child.pid!);
    expect(own).not.toBeNull();
    expect(processIdentity(process.pid)).toBe(own);
    expect(childs).not.toBe(own);
    expect(isSameProcess(child.pid!, childs)).toBe(true);
    expect(isSameProcess(child.pid!, own)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isSameProcess(child.pid!, childs)).toBe(false);
  });

  it('is nobody’s where nothing was recorded', () => {
    expect(isSameProcess(null, null)).toBe(false);
    expect(isSameProcess(process.pid, null)).toBe(false);
  });
});
