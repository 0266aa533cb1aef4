/** What the environment decides: where state and downloads live, and which device computes. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment holds a value that means nothing. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment';
  readonly variable: string;

  constructor(variable: string, value: string, allowed: string) {
    super(`${variable}: ${JSON.stringify(value)} is not known; allowed: ${allowed}`);
    this.variable = variable;
  }
}

/** Folder of the local stack's state: `PHOENIX_STATE`, or `.phoenix` in the current directory. Absolute. */
export function stateFolder(environment: Environment = process.env): string {
  return resolve(environment['PHOENIX_STATE'] || '.phoenix');
}

/**
 * Folder of everything that set-up downloads or builds, shared by all checkouts: `PHOENIX_CACHE`, or `phoenix` in the
 * user's cache directory (`XDG_CACHE_HOME`, or `~/.cache`). Absolute.
 */
export function cacheFolder(environment: Environment = process.env): string {
  const caches = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return resolve(environment['PHOENIX_CACHE'] || join(caches, 'phoenix'));
}

/** `PHOENIX_DEVICE`, or null when the device is to be detected. Throws `BadEnvironment`. */
export function requestedDevice(environment: Environment = process.env): 'cpu' | 'gpu' | null {
  const device = environment['PHOENIX_DEVICE'] || null;
  if (device === null || device === 'cpu' || device === 'gpu') return device;
  throw new BadEnvironment('PHOENIX_DEVICE', device, 'cpu, gpu');
}
