import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, stateFolder } from '../../../phoenix/config/environment.ts';

it('keeps the state in the current directory unless told otherwise', () => {
  expect(stateFolder({})).toBe(join(process.cwd(), '.phoenix'));
  expect(stateFolder({ PHOENIX_STATE: 'elsewhere' })).toBe(join(process.cwd(), 'elsewhere'));
  expect(stateFolder({ PHOENIX_STATE: '/var/phoenix' })).toBe('/var/phoenix');
});

it("keeps downloads in the user's cache directory unless told otherwise", () => {
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'phoenix'));
  expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/phoenix');
  expect(cacheFolder({ XDG_CACHE_HOME: '/caches', PHOENIX_CACHE: '/mine' })).toBe('/mine');
});
