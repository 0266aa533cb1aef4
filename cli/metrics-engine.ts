/** Where `phoenix metrics` computes: the steps in a child process, what they remember in the cache folder. No server is needed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsSteps } from '../activities/steps/metrics-steps.ts';
import { cacheFolder } from '../phoenix/config/environment.ts';
import type { Outcome, Ref } from '../phoenix/federation/records.ts';
import { blobKey, Blobs } from '../phoenix/storage/blobs.ts';
import { FolderStore, removeOlder } from '../phoenix/storage/folder-store.ts';
import type { Tensors } from '../phoenix/storage/safetensors.ts';
import { processIsGone, processOwner } from '../workers/dead-owners.ts';
import { EngineSlot } from '../workers/engine-slot.ts';
import { displayOn } from './display.ts';

/** What nobody has computed for so long is computed again when somebody wants it. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Folders of files that are being written begin so, and go on with the process that writes. */
const UNFINISHED = 'unfinished-';

type Result<S extends keyof MetricsSteps> =
  Awaited<ReturnType<MetricsSteps[S]>> extends Outcome<infer R> ? R : never;

export class MetricsEngine {
  readonly blobs: Blobs;
  readonly #folder = join(cacheFolder(), 'metrics');
  readonly #store: FolderStore;
  readonly #slot: EngineSlot<MetricsSteps>;
  readonly #unfinished: string;
  readonly #display = displayOn(process.stderr);
  readonly #lent: Ref[] = [];
  readonly #stopped = new AbortController();

  constructor() {
    const folder = this.#folder;
    mkdirSync(folder, { recursive: true });
    this.#unfinished = mkdtempSync(join(folder, `${UNFINISHED}${process.pid}-`));
    this.#store = new FolderStore(folder, this.#unfinished);
    this.blobs = new Blobs(this.#store);
    const child = new URL('../workers/metrics-child.js', import.meta.url);
    this.#slot = new EngineSlot(child, [folder, this.#unfinished]);
  }

  /** Tensors that steps read while this engine is open, and that are not worth keeping: images. */
  async lend(tensors: Tensors): Promise<Ref> {
    const ref = await this.blobs.putTensors(tensors);
    this.#lent.push(ref);
    return ref;
  }

  /** @throws the step's own error, EngineCrashed */
  async run<S extends keyof MetricsSteps>(
    step: S,
    request: Parameters<MetricsSteps[S]>[1],
    label: string,
  ): Promise<Result<S>> {
    const { signal } = this.#stopped;
    const shown = { label, isRunning: true, loss: null, attempt: 1, lastFailure: null };
    const started = performance.now();
    this.#display.open([{ ...shown, done: 0, total: 0 }]);
    const { result, step: trace } = await this.#slot.run(step, request, {
      owner: processOwner(),
      signal,
      onProgress: ({ done, total }) => this.#display.open([{ ...shown, done, total }]),
    });
    this.#display.open([]);
    if (!trace.reused) {
      const took = performance.now() - started;
      this.#display.ended({ label, at: Date.now(), took, failure: null });
    }
    return result as Result<S>;
  }

  /** Ends what is under way at once: it is remembered up to its newest checkpoint. */
  async close(): Promise<void> {
    this.#stopped.abort();
    this.#display.close();
    await this.#slot.close();
    rmSync(this.#unfinished, { recursive: true, force: true });
    // Another command may look at the same images just now; then they stay until they are old.
    if (!this.#othersWork()) for (const ref of this.#lent) await this.#store.delete(blobKey(ref));
    await removeOlder(this.#store, new Date(Date.now() - KEPT_MS));
  }

  /** Tidies up after those that were killed, too. */
  #othersWork(): boolean {
    const all = readdirSync(this.#folder).filter((name) => name.startsWith(UNFINISHED));
    const gone = all.filter((name) => processIsGone(Number.parseInt(name.slice(UNFINISHED.length), 10)));
    for (const name of gone) rmSync(join(this.#folder, name), { recursive: true, force: true });
    return gone.length < all.length;
  }
}
