/** One server or worker that is kept alive: started, watched until it serves, started again when it dies. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from './backoff.ts';
import { lastLine } from './logs.ts';
import { processIdentity } from './process-identity.ts';
import type { ProcessRecord, ProcessStateName } from './state.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard output and error go to the end of this file. */
  readonly log: string;
  /** Resolves once the process serves; a rejection counts as its death. Without it, running is enough. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
}

export type ProcessEvent =
  | { readonly kind: 'running'; readonly name: string; readonly restarts: number }
  | {
      readonly kind: 'died';
      readonly name: string;
      readonly exit: string;
      readonly log: string;
      readonly restartIn: number;
    };

/** A process that ended, or did not come to serve, when it was started for the first time. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
  readonly process: string;
  readonly log: string;

  constructor(process: string, exit: string, log: string) {
    const last = lastLine(log);
    super(`${process} did not start (${exit})${last ? `: ${last}` : ''}; its log: ${log}`);
    this.process = process;
    this.log = log;
  }
}

/** Milliseconds between SIGTERM and SIGKILL. */
const grace = 20_000;
/** Milliseconds a process has to come to serve. */
const patience = 60_000;
/** A log longer than this is set aside when its process starts. */
const longLog = 10 * 2 ** 20;

export class SupervisedProcess {
  record: ProcessRecord;
  readonly #spec: ProcessSpec;
  readonly #changed: () => void;
  readonly #report: (event: ProcessEvent) => void;
  readonly #stopping = new AbortController();
  #child: ChildProcess | null = null;
  #life: Promise<void> = Promise.resolve();

  constructor(spec: ProcessSpec, changed: () => void, report: (event: ProcessEvent) => void) {
    this.#spec = spec;
    this.#changed = changed;
    this.#report = report;
    this.record = {
      name: spec.name,
      pid: null,
      identity: null,
      restarts: 0,
      state: 'stopped',
      since: now(),
      lastExit: null,
    };
  }

  /**
   * Starts the process and keeps it alive from the moment it serves.
   * @throws ProcessFailed when it ends before it has served once
   */
  async start(): Promise<void> {
    await new Promise<void>((served, failed) => {
      this.#life = this.#live(served, failed);
    });
  }

  /** SIGTERM, and after the grace SIGKILL to it and everything it started. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    child?.kill('SIGTERM');
    const killer = setTimeout(() => child && killGroup(child), grace);
    await this.#life;
    clearTimeout(killer);
    this.#become('stopped', { pid: null, identity: null });
  }

  async #live(served: () => void, failed: (error: ProcessFailed) => void): Promise<void> {
    const backoff = new Backoff();
    for (let restarts = 0; !this.#stopping.signal.aborted; restarts++) {
      const startedAt = performance.now();
      let serves = false;
      const exit = await this.#runOnce(restarts, () => {
        serves = true;
        served();
      });
      if (this.#stopping.signal.aborted || (restarts === 0 && !serves)) {
        failed(new ProcessFailed(this.#spec.name, exit, this.#spec.log));
        return;
      }
      const restartIn = backoff.next(performance.now() - startedAt);
      this.#become('restarting', { pid: null, identity: null, restarts: restarts + 1, lastExit: exit });
      this.#report({ kind: 'died', name: this.#spec.name, exit, log: this.#spec.log, restartIn });
      await delay(restartIn, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  /** @returns how one life of the process ended */
  async #runOnce(restarts: number, serves: () => void): Promise<string> {
    const child = this.#spawn();
    this.#child = child;
    const ended = new AbortController();
    const exit = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).finally(() => ended.abort());
    if (child.pid === undefined) return exit;
    this.#become('starting', { pid: child.pid, identity: processIdentity(child.pid) });

    let trouble: string | null = null;
    try {
      const givenUp = AbortSignal.any([ended.signal, this.#stopping.signal, AbortSignal.timeout(patience)]);
      await Promise.race([this.#spec.ready?.(givenUp), exit]);
      if (!ended.signal.aborted) {
        this.#become('running');
        this.#report({ kind: 'running', name: this.#spec.name, restarts });
        serves();
      }
    } catch (error) {
      if (!ended.signal.aborted && !this.#stopping.signal.aborted) {
        trouble = error instanceof Error ? error.message : String(error);
        killGroup(child);
      }
    }
    const how = await exit;
    this.#child = null;
    return trouble ?? how;
  }

  #spawn(): ChildProcess {
    const log = openLog(this.#spec.log);
    try {
      // A group of its own: Ctrl-C at the terminal reaches only the supervisor, which stops things in order.
      return spawn(this.#spec.command, this.#spec.args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...this.#spec.environment },
      });
    } finally {
      closeSync(log);
    }
  }

  #become(state: ProcessStateName, change: Partial<ProcessRecord> = {}): void {
    this.record = { ...this.record, ...change, state, since: now() };
    this.#changed();
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > longLog) renameSync(file, `${file}.old`);
  return openSync(file, 'a');
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

const now = (): string => new Date().toISOString();
