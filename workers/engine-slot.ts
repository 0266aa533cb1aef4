/** A place where one step at a time can run: a child process, started when needed, kept warm, replaced after a crash. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { StepRun } from '../activities/gpu.ts';
import type { GpuSteps, StepBodies } from '../activities/steps/gpu-steps.ts';
import type { Fingerprint } from '../phoenix/storage/fingerprint.ts';
import { errorFrom, type FromChild, type ToChild } from './engine-protocol.ts';

/** The child process ended in the middle of its work: a native crash, out of memory, or somebody killed it. */
export class EngineCrashed extends Error {
  override readonly name = 'EngineCrashed';
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null) {
    super(`the engine process ended unexpectedly (${signal ?? `exit code ${code}`})`);
    this.code = code;
    this.signal = signal;
  }
}

/** Somebody who waits for the child's next final message. */
interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly onProgress: StepRun['onProgress'];
}

/** `Steps`: those that the child computes. */
export class EngineSlot<Steps extends StepBodies = GpuSteps> {
  readonly #entry: URL;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #fingerprint: Fingerprint | null = null;
  #waiting: Waiting | null = null;

  /** @param entry module of the child process, which gets `args` */
  constructor(entry: URL, args: readonly string[] = []) {
    this.#entry = entry;
    this.#args = args;
  }

  /** Of the child that was started last. */
  get fingerprint(): Fingerprint | null {
    return this.#fingerprint;
  }

  /** Starts the child unless it is there, and waits until it takes steps. Rejects with what keeps it from that. */
  async start(): Promise<void> {
    if (this.#child) return;
    const child = fork(this.#entry, this.#args, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => this.#hear(message as FromChild));
    // A child that is gone when it is written to: `close` says so.
    child.on('error', () => {});
    // `close` and not `exit`: it comes after the last message.
    child.on('close', (code, signal) => {
      if (this.#child === child) this.#child = null;
      this.#settle((waiting) => waiting.reject(new EngineCrashed(code, signal)));
    });
    await this.#answer(() => {});
  }

  /** Rejects with the step's own error, or with `EngineCrashed`. */
  async run<S extends keyof Steps & string>(
    step: S,
    request: Parameters<Steps[S]>[1],
    { owner, onProgress, signal }: StepRun,
  ): Promise<Awaited<ReturnType<Steps[S]>>> {
    await this.start();
    signal.throwIfAborted();
    const stop = () => this.#send({ kind: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    try {
      const answer = this.#answer(onProgress);
      this.#send({ kind: 'run', step, request, owner });
      return (await answer) as Awaited<ReturnType<Steps[S]>>;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends the child at once: what it may still be doing is in the store up to its last checkpoint. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  #answer(onProgress: Waiting['onProgress']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, onProgress };
    });
  }

  #send(message: ToChild): void {
    if (this.#child?.connected) this.#child.send(message);
  }

  #hear(message: FromChild): void {
    switch (message.kind) {
      case 'progress':
        this.#waiting?.onProgress(message.progress);
        return;
      case 'ready':
        this.#fingerprint = message.fingerprint;
        this.#settle((waiting) => waiting.resolve(undefined));
        return;
      case 'done':
        this.#settle((waiting) => waiting.resolve(message.result));
        return;
      case 'failed':
        this.#settle((waiting) => waiting.reject(errorFrom(message.error)));
        return;
    }
  }

  #settle(by: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) by(waiting);
  }
}
