import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, requestedDevice, stateFolder } from '../../../phoenix/config/environment.ts';

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

it('takes a device that it knows, and detects it by default', () => {
  expect(requestedDevice({})).toBeNull();
  expect(requestedDevice({ PHOENIX_DEVICE: '' })).toBeNull();
  expect(requestedDevice({ PHOENIX_DEVICE: 'gpu' })).toBe('gpu');
  expect(() => requestedDevice({ PHOENIX_DEVICE: 'tpu' })).toThrow(
    'PHOENIX_DEVICE: "tpu" is not known; allowed: cpu, gpu',
  );
});
