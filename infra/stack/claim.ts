/** One supervisor per state folder: two Temporal servers on one database file would ruin it. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcess, processIdentity } from './process-identity.ts';

export class StackRuns extends Error {
  override readonly name = 'StackRuns';
  readonly pid: number;

  constructor(stateFolder: string, pid: number) {
    super(
      `the stack of ${stateFolder} already runs (supervisor process ${pid}); stop it with \`npx phoenix down\``,
    );
    this.pid = pid;
  }
}

interface Owner {
  readonly pid: number;
  readonly identity: string | null;
}

const lockFile = (stateFolder: string): string => join(stateFolder, 'supervisor.lock');

/** The process that supervises the stack of this state folder, or null. */
export function supervisorOf(stateFolder: string): number | null {
  const owner = readOwner(lockFile(stateFolder));
  return owner && isSameProcess(owner.pid, owner.identity) ? owner.pid : null;
}

/**
 * @returns what gives the claim back
 * @throws StackRuns
 */
export function claimStack(stateFolder: string): () => void {
  mkdirSync(stateFolder, { recursive: true });
  const lock = lockFile(stateFolder);
  const own = `${lock}.${process.pid}`;
  writeFileSync(
    own,
    JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) } satisfies Owner),
  );
  try {
    for (;;) {
      try {
        // Linking is atomic and brings the content with it: no reader ever finds an empty lock.
        linkSync(own, lock);
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = supervisorOf(stateFolder);
      if (holder !== null) throw new StackRuns(stateFolder, holder);
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function readOwner(lock: string): Owner | null {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
