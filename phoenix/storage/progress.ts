/**
 * The checkpoints of one open step: `steps/<key>/progress.json` names the two furthest ones, each with its tensors under
 * `steps/<key>/state/<done>-<hash>`. They are saved so that a process may be killed at any moment: first the tensors, then the
 * list, then what the list no longer names is deleted.
 */
import type { Ref } from '../federation/records.ts';
import { CorruptObject, MissingObject, refOf, verified } from './blobs.ts';
import type { Objects } from './object-store.ts';
import { getSealed, putSealed } from './sealed-json.ts';

export interface Progress {
  /** Units of work that are finished: training steps, images. */
  readonly done: number;
  /** Whatever else the step needs to go on, as plain JSON. */
  readonly extra: unknown;
  /** Who saved it. */
  readonly owner: string;
}

interface Saved extends Progress {
  readonly state: Ref;
}

/** One to resume from, and one more in case that it turns out damaged. */
const kept = 2;

export class StepProgress {
  readonly #store: Objects;
  readonly #folder: string;

  constructor(store: Objects, stepKey: string) {
    this.#store = store;
    this.#folder = `steps/${stepKey}/`;
  }

  /**
   * Saves a checkpoint. If a process that was taken for dead still saves an earlier one, the further ones stay: the step
   * is deterministic, so that whoever resumes it loses nothing.
   */
  async save(progress: Progress, state: Uint8Array): Promise<void> {
    const saved: Saved = { ...progress, state: refOf(state) };
    await this.#store.put(this.#stateKey(saved), state);
    const known = (await this.#list()).filter((other) => this.#stateKey(other) !== this.#stateKey(saved));
    const ranked = [saved, ...known].sort((a, b) => b.done - a.done);
    await putSealed(this.#store, this.#listKey, ranked.slice(0, kept));
    for (const old of ranked.slice(kept)) await this.#store.delete(this.#stateKey(old));
  }

  /** The furthest checkpoint that is intact, or null: then the step starts from the beginning. */
  async load(): Promise<(Progress & { readonly state: Uint8Array }) | null> {
    for (const saved of await this.#list()) {
      const key = this.#stateKey(saved);
      const state = await intact(async () => verified(key, saved.state, await this.#store.get(key)));
      if (state) return { ...saved, state };
    }
    return null;
  }

  /** Removes every checkpoint, also those that a killed process left unlisted. */
  async clear(): Promise<void> {
    // Collected first: deleting while a listing goes on may make a server skip keys.
    const keys: string[] = [];
    for await (const { key } of this.#store.list(this.#folder)) keys.push(key);
    for (const key of keys) await this.#store.delete(key);
  }

  async #list(): Promise<readonly Saved[]> {
    return (await intact(() => getSealed<Saved[]>(this.#store, this.#listKey))) ?? [];
  }

  get #listKey(): string {
    return `${this.#folder}progress.json`;
  }

  #stateKey({ done, state }: Saved): string {
    return `${this.#folder}state/${done}-${state.hash}`;
  }
}

/** A damaged checkpoint is as good as none, since the work can be done again; other failures are passed on. */
async function intact<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CorruptObject || error instanceof MissingObject) return null;
    throw error;
  }
}
