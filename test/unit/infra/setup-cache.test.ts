import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheFolder, entryFolder, entryState, install } from '../../../infra/setup/cache.mjs';

const module = new URL('../../../infra/setup/cache.mjs', import.meta.url).href;
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'phoenix-cache-'));
  vi.stubEnv('PHOENIX_CACHE', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const write = (name: string, text: string) => (folder: string) => writeFileSync(join(folder, name), text);
const entries = () => readdirSync(cache).filter((name) => name !== 'downloads');

test('an entry is made once', async () => {
  await install('thing', write('program', 'one'));
  await install('thing', write('program', 'two'));
  expect(entryState('thing')).toEqual({ state: 'ok', detail: entryFolder('thing') });
  expect(readFileSync(join(cache, 'thing', 'program'), 'utf8')).toBe('one');
});

test('a link is whole whatever becomes of the file it leads to', async () => {
  const outside = join(cache, 'downloads', 'outside');
  await install('thing', (folder) => {
    writeFileSync(outside, 'one');
    symlinkSync(outside, join(folder, 'link'));
  });
  writeFileSync(outside, 'another length');
  expect(entryState('thing').state).toBe('ok');
  rmSync(join(cache, 'thing', 'link'));
  expect(entryState('thing').state).toBe('wrong');
});

test('a build that fails leaves nothing', async () => {
  const failing = install('thing', (folder) => {
    write('program', 'half')(folder);
    throw new Error('no disk');
  });
  await expect(failing).rejects.toThrow('no disk');
  expect(entryState('thing').state).toBe('missing');
  expect(entries()).toEqual([]);
});

test('a build killed half way is not an entry, and the next attempt removes its leftovers', async () => {
  const script = `
    const { install } = await import(${JSON.stringify(module)});
    await install('thing', async (folder) => {
      (await import('node:fs')).writeFileSync(folder + '/program', 'half');
      console.log('half way');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(entries()).toHaveLength(1);
  expect(entryState('thing').state).toBe('missing');
  await install('thing', write('program', 'whole'));
  expect(entries()).toEqual(['thing']);
  expect(readFileSync(join(cache, 'thing', 'program'), 'utf8')).toBe('whole');
});

test.each([
  ['cut short', (file: string) => truncateSync(file, 3)],
  ['gone', (file: string) => rmSync(file)],
  ['not the stamp’s', (file: string) => rmSync(join(file, '../.complete.json'))],
])('an entry with a file that is %s is not whole, and is made anew', async (_, damage) => {
  await install('thing', write('program', 'whole'));
  damage(join(cache, 'thing', 'program'));
  expect(entryState('thing').state).toBe('wrong');
  await install('thing', write('other', 'new'));
  expect(entryState('thing').state).toBe('ok');
  expect(existsSync(join(cache, 'thing', 'program'))).toBe(false);
});

test('the folder: PHOENIX_CACHE, then the user’s cache directory', () => {
  expect(cacheFolder({ PHOENIX_CACHE: '/a/b', XDG_CACHE_HOME: '/x' })).toBe('/a/b');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/phoenix');
  expect(cacheFolder({})).toMatch(/\/\.cache\/phoenix$/);
});
