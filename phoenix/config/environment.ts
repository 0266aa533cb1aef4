/** Where the environment says that state and downloads live. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folder of the local stack's state: `PHOENIX_STATE`, or `.phoenix` in the current directory. Absolute. */
export function stateFolder(environment: Environment = process.env): string {
  return resolve(environment['PHOENIX_STATE'] || '.phoenix');
}

/** Folder of CIFAR-10's raw files, as set-up leaves them. Absolute. */
export const cifar10Folder = (): string => join(cacheFolder(), 'cifar10');

/**
 * Folder of everything that set-up downloads or builds, shared by all checkouts: `PHOENIX_CACHE`, or `phoenix` in the
 * user's cache directory (`XDG_CACHE_HOME`, or `~/.cache`). Absolute.
 */
export function cacheFolder(environment: Environment = process.env): string {
  const caches = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return resolve(environment['PHOENIX_CACHE'] || join(caches, 'phoenix'));
}
