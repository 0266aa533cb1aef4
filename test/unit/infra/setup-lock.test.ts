import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../../infra/setup/lock.mjs';

const module = new URL('../../../infra/setup/lock.mjs', import.meta.url).href;
const nobody = () => undefined;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('one at a time, however many ask', async () => {
  let inside = 0;
  let most = 0;
  const body = async () => {
    most = Math.max(most, ++inside);
    await pause(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(folder, nobody, body)));
  expect(most).toBe(1);
});

test('the lock is released when the body fails', async () => {
  const failing = withLock(folder, nobody, () => {
    throw new Error('no disk');
  });
  await expect(failing).rejects.toThrow('no disk');
  expect(await withLock(folder, nobody, () => 'mine')).toBe('mine');
});

test('another process is waited for by name, and its death frees the lock', async () => {
  const script = `
    const { withLock } = await import(${JSON.stringify(module)});
    await withLock(${JSON.stringify(folder)}, () => {}, () => {
      console.log('held');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(holder.stdout, 'data');
  const waitedFor: number[] = [];
  const result = withLock(
    folder,
    (pid) => {
      waitedFor.push(pid);
      holder.kill('SIGKILL');
    },
    () => 'mine',
  );
  expect(await result).toBe('mine');
  expect(waitedFor).toEqual([holder.pid]);
});
