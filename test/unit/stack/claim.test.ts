import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimStack, StackRuns, supervisorOf } from '../../../infra/stack/claim.ts';

const stateFolder = (): string => mkdtempSync(join(tmpdir(), 'claim-'));

describe('claim of a state folder', () => {
  it('is held by one supervisor at a time', () => {
    const folder = stateFolder();
    expect(supervisorOf(folder)).toBeNull();
    const release = claimStack(folder);
    expect(supervisorOf(folder)).toBe(process.pid);
    expect(() => claimStack(folder)).toThrow(StackRuns);
    release();
    expect(supervisorOf(folder)).toBeNull();
    claimStack(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a supervisor that is gone, also when its pid is in use again', () => {
    const folder = stateFolder();
    const dead = { pid: process.pid, identity: 'another process with this pid' };
    writeFileSync(join(folder, 'supervisor.lock'), JSON.stringify(dead));
    expect(supervisorOf(folder)).toBeNull();
    claimStack(folder);
    expect(supervisorOf(folder)).toBe(process.pid);
  });
});
