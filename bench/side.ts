/**
 * One side of a comparison: a process that lives as long as its bar is measured, gets ready, and then does one run
 * whenever it is told to. Commands go to its standard input, one line each; answers come from its file descriptor 3,
 * one JSON object a line: `{"ready": true}`, then `{"value": …}`, a number or a list, for each run. It ends when its input does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { peakMemory } from './resident-memory.ts';

export interface SideCommand {
  /** Who it is, for messages and tables. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A side ended, or could not be started. */
export class SideFailed extends Error {
  override readonly name = 'SideFailed';
  readonly exitCode = 1;

  constructor(title: string, how: string, output: string) {
    const last = output.trim().split('\n').slice(-QUOTED_LINES).join('\n    ');
    super(`${title} ${how}${last ? `:\n    ${last}` : ''}`);
  }
}

interface Answer {
  readonly ready?: true;
  readonly value?: number | readonly number[];
}

const QUOTED_LINES = 8;
/** Milliseconds a side has to end by itself, with the servers and processes that it has started. */
const GRACE = 30_000;

const running = new Set<Side>();

export class Side {
  readonly #title: string;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  #output = '';

  constructor({ title, command, args, environment }: SideCommand) {
    this.#title = title;
    // A process group of its own: Ctrl-C reaches only this process, which ends its sides in order.
    this.#process = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(`does not start (${error.message})`));
      this.#process.once('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    });
    this.#process.stdin!.on('error', () => undefined); // it ended: `#ended` says how
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => (this.#output = (this.#output + text).slice(-8192)));
    }
    this.#answers = createInterface({ input: this.#process.stdio[3] as Readable })[Symbol.asyncIterator]();
    running.add(this);
    void this.#ended.then(() => running.delete(this));
  }

  /** @throws SideFailed, as every method does that waits for an answer */
  async ready(): Promise<void> {
    await this.#answer();
  }

  /** One run; gives what it measured of each bar, in the bar's unit. */
  async run(): Promise<readonly number[]> {
    this.#process.stdin!.write('run\n');
    return [(await this.#answer()).value!].flat();
  }

  /** Largest resident memory so far, bytes. */
  peakMemory(): number {
    return peakMemory(this.#process.pid!);
  }

  /** Ends it by ending its input, and by force where that is not enough. */
  async stop(): Promise<void> {
    this.#process.stdin!.end();
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), GRACE);
    await this.#ended;
    clearTimeout(killer);
  }

  async #answer(): Promise<Answer> {
    const line = await this.#answers.next();
    if (line.done) throw new SideFailed(this.#title, await this.#ended, this.#output);
    return JSON.parse(line.value) as Answer;
  }
}

/** Ends every side: for Ctrl-C. */
export async function stopSides(): Promise<void> {
  await Promise.all([...running].map((side) => side.stop()));
}
