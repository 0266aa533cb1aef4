/**
 * SHA-256 in a thread of its own: the hashes of streams that are read side by side take as long as all the rest of their
 * reading. There is one thread per process, from its first use on.
 */
import { Worker } from 'node:worker_threads';

/** As text, since a file would have another name in the sources than in the build. Messages: [stream, bytes, request]. */
const program = `
  const { parentPort } = require('node:worker_threads');
  const { createHash } = require('node:crypto');
  const hashes = new Map();
  parentPort.on('message', ([stream, bytes, request]) => {
    if (!hashes.has(stream)) hashes.set(stream, createHash('sha256'));
    if (bytes) hashes.get(stream).update(bytes);
    if (request === null) return;
    const { number, digest } = request;
    const hex = digest ? hashes.get(stream).digest('hex') : null;
    if (digest) hashes.delete(stream);
    parentPort.postMessage([number, hex]);
  });
`;

type Answer = (hex: string | null) => void;

class HashThread {
  readonly #worker = new Worker(program, { eval: true });
  readonly #waiting = new Map<number, { resolve: Answer; reject: (error: Error) => void }>();
  #requests = 0;
  #failure: Error | null = null;
  /** Numbers the streams. */
  streams = 0;

  constructor() {
    this.#worker.on('message', ([number, hex]: [number, string | null]) => {
      this.#waiting.get(number)!.resolve(hex);
      this.#waiting.delete(number);
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    // The next stream gets a new thread; those that this one had cannot go on.
    this.#worker.on('error', (error) => {
      thread = null;
      this.#failure = error;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    this.#worker.unref();
  }

  update(stream: number, bytes: Uint8Array): void {
    this.#worker.postMessage([stream, bytes, null]);
  }

  ask(stream: number, digest: boolean): Promise<string | null> {
    if (this.#failure) return Promise.reject(this.#failure);
    const number = this.#requests++;
    this.#worker.ref();
    this.#worker.postMessage([stream, null, { number, digest }]);
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
  }
}

let thread: HashThread | null = null;

/** The SHA-256 of one stream. Every stream is ended by `digest`, whose result may be of no interest. */
export class ThreadedSha256 {
  readonly #thread: HashThread;
  readonly #stream: number;

  constructor() {
    this.#thread = thread ??= new HashThread();
    this.#stream = this.#thread.streams++;
  }

  /** @param bytes what is in shared memory must stay as it is until `hashed`; all else is copied */
  update(bytes: Uint8Array): void {
    // Of a view the whole memory below it would be copied.
    const sent = bytes.buffer instanceof SharedArrayBuffer ? bytes : bytes.slice();
    this.#thread.update(this.#stream, sent);
  }

  /** Resolves when all that this and every other stream was given before is in its hash. */
  async hashed(): Promise<void> {
    await this.#thread.ask(this.#stream, false);
  }

  /** Hex. */
  async digest(): Promise<string> {
    return (await this.#thread.ask(this.#stream, true))!;
  }
}
