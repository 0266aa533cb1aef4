/**
 * `<state>/stack.json`: what the local stack is and where it listens. Ports and access keys outlive the processes, so
 * that a stack that is started again is found at the same addresses. Holds a secret: only its owner may read it.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type ProcessStateName = 'starting' | 'running' | 'restarting' | 'stopped';

export interface ProcessRecord {
  readonly name: string;
  readonly pid: number | null;
  /** Tells the process from a later one with the same pid (see process-identity.ts). */
  readonly identity: string | null;
  /** How often it died and was started again, since the stack was started. */
  readonly restarts: number;
  readonly state: ProcessStateName;
  /** When it came into this state, ISO 8601. */
  readonly since: string;
  /** Why it ended the last time: "exit code 1", "SIGKILL". */
  readonly lastExit: string | null;
}

export interface TemporalPlace {
  /** host:port of the gRPC front end. */
  readonly address: string;
  /** URL of the Web UI. */
  readonly ui: string;
}

export interface S3Place {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface StackState {
  /** The supervisor; null when the stack was stopped in order. */
  readonly pid: number | null;
  readonly identity: string | null;
  /** Null where the stack was never started with a server of its own of this kind. */
  readonly temporal: TemporalPlace | null;
  readonly s3: S3Place | null;
  readonly processes: readonly ProcessRecord[];
}

export const emptyStack: StackState = { pid: null, identity: null, temporal: null, s3: null, processes: [] };

const fileIn = (stateFolder: string): string => join(stateFolder, 'stack.json');

/** The recorded stack, or an empty one where none was ever started. */
export function readStack(stateFolder: string): StackState {
  let text: string;
  try {
    text = readFileSync(fileIn(stateFolder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyStack;
    throw error;
  }
  return JSON.parse(text) as StackState;
}

/** Replaces the record in one step: a reader sees the old one or the new one, never half of it. */
export function writeStack(stateFolder: string, stack: StackState): void {
  mkdirSync(stateFolder, { recursive: true });
  const temporary = `${fileIn(stateFolder)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, fileIn(stateFolder));
}
