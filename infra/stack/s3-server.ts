/** The local S3 server: versitygw on a plain folder. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { localStorage } from './connection.ts';
import { logFile } from './logs.ts';
import { host } from './ports.ts';
import type { S3Place } from './state.ts';
import type { ProcessSpec } from './supervised-process.ts';

export const newKeys = (): Pick<S3Place, 'accessKey' | 'secretKey'> => ({
  accessKey: randomBytes(10).toString('hex'),
  secretKey: randomBytes(20).toString('hex'),
});

export function s3Server(binary: string, stateFolder: string, port: number, place: S3Place): ProcessSpec {
  const health = '/health';
  return {
    name: 's3',
    command: binary,
    args: [
      `--port=${host}:${port}`,
      `--region=${localStorage(place).region}`,
      `--health=${health}`,
      '--quiet',
      'posix',
      // ETags from the checksum that it computes anyway: MD5 would take as long as all the rest of a large object.
      '--data-integrity-etag',
      ...folders(binary, join(stateFolder, 's3')),
    ],
    environment: { ROOT_ACCESS_KEY: place.accessKey, ROOT_SECRET_KEY: place.secretKey },
    log: logFile(stateFolder, 's3'),
    ready: async (signal) => {
      await answers(`${place.endpoint}${health}`, signal);
      const store = new ObjectStore(localStorage(place));
      await store.ensureBucket();
      store.close();
    },
  };
}

/**
 * Objects go to `objects`. What the server notes about each (checksum, ETag) goes into extended attributes, written
 * in one step with the object; only on a file system without them it goes into a `sidecar` folder of its own. That is
 * found out once, when the folders are made: a store must not change its mind later.
 */
function folders(binary: string, root: string): string[] {
  const [objects, sidecar] = [join(root, 'objects'), join(root, 'sidecar')];
  if (!existsSync(objects)) {
    const trial = join(root, 'trial');
    mkdirSync(trial, { recursive: true });
    const environment = { ROOT_ACCESS_KEY: 'trial', ROOT_SECRET_KEY: 'trial' };
    // The server says so and ends at once, or else it listens (on any free port) until its time is up.
    const { stdout, stderr } = spawnSync(binary, ['--port', `${host}:0`, '--quiet', 'posix', trial], {
      env: { ...process.env, ...environment },
      timeout: 1000,
      encoding: 'utf8',
    });
    if (`${stdout}${stderr}`.includes('xattr')) mkdirSync(sidecar, { recursive: true });
    rmSync(trial, { recursive: true });
    mkdirSync(objects);
  }
  return existsSync(sidecar) ? ['--sidecar', sidecar, objects] : [objects];
}

async function answers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const { ok } = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
      if (ok) return;
    } catch (error) {
      if (signal.aborted) throw error;
    }
    await delay(50, undefined, { signal });
  }
}
