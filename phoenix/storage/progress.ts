/**
 * One open step: `steps/<key>/progress.json` says who works on it and names its two furthest checkpoints, each with its
 * tensors under `steps/<key>/state/<done>-<hash>`. It is changed by conditional writes only, so that it has one writer at a
 * time, and in an order that allows for a kill at any moment: first the tensors, then the list, then what the list no longer
 * names is deleted.
 */
import type { Ref } from '../federation/records.ts';
import { CorruptObject, MissingObject, refOf, verified } from './blobs.ts';
import { type Claim, ClaimLost, LEASE_MS, mayTakeOver, type Owner, StepHeldElsewhere } from './claim.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Objects } from './object-store.ts';
import { setAside } from './quarantine.ts';
import { sealed, unsealed } from './sealed-json.ts';

export interface Progress {
  /** Units of work that are finished: training steps, images. */
  readonly done: number;
  /** Whatever else the step needs to go on, as plain JSON. */
  readonly extra: unknown;
  /** Of the machine that saved it. */
  readonly fingerprint: Fingerprint;
  /** Whether machines with other fingerprints had a part in it. */
  readonly mixed: boolean;
}

export interface SavedProgress extends Progress {
  readonly state: Ref;
}

/** Content of `progress.json`. */
export interface OpenStep extends Claim {
  readonly checkpoints: readonly SavedProgress[];
}

/** One to resume from, and one more in case that it turns out damaged. */
const kept = 2;

export class StepProgress {
  readonly #store: Objects;
  readonly #step: string;
  #open: OpenStep;
  #etag: string;
  /** Writes go one after the other: a renewal must not come between a checkpoint and its ETag. */
  #writing: Promise<void> = Promise.resolve();
  #saved = false;

  private constructor(store: Objects, step: string, open: OpenStep, etag: string) {
    this.#store = store;
    this.#step = step;
    this.#open = open;
    this.#etag = etag;
  }

  /** Claims a step for `owner`. Throws `StepHeldElsewhere` while somebody else works on it. */
  static async claim(store: Objects, step: string, owner: Owner): Promise<StepProgress> {
    const key = progressKey(step);
    for (;;) {
      const fresh: OpenStep = { owner, expires: Date.now() + LEASE_MS, checkpoints: [] };
      const created = await store.put(key, sealed(key, fresh), { ifAbsent: true });
      if (created !== null) return new StepProgress(store, step, fresh, created);
      const found = await store.read(key);
      // Whoever had it has just finished the step or given it up.
      if (found === null) continue;
      const held = await intact(async () => unsealed<OpenStep>(key, found.body));
      if (held === null) {
        await setAside(store, key);
        continue;
      }
      if (!mayTakeOver(owner, held, Date.now())) throw new StepHeldElsewhere(step, held);
      const open = { ...fresh, checkpoints: held.checkpoints };
      const taken = await store.put(key, sealed(key, open), { ifMatch: found.etag });
      if (taken !== null) return new StepProgress(store, step, open, taken);
    }
  }

  /** Saves a checkpoint, and renews the claim with it. Throws `ClaimLost`. */
  async save(progress: Progress, state: Uint8Array): Promise<void> {
    const saved: SavedProgress = { ...progress, state: refOf(state) };
    const key = stateKey(this.#step, saved);
    this.#saved = true;
    await this.#store.put(key, state, {}, saved.state.hash);
    const known = this.#open.checkpoints.filter((other) => stateKey(this.#step, other) !== key);
    const ranked = [saved, ...known].sort((a, b) => b.done - a.done);
    await this.#change(() => ({ checkpoints: ranked.slice(0, kept), expires: Date.now() + LEASE_MS }));
    for (const old of ranked.slice(kept)) await this.#store.delete(stateKey(this.#step, old));
  }

  /** The furthest checkpoint that is intact, or null: then the step starts from the beginning. */
  async load(): Promise<(Progress & { readonly state: Uint8Array }) | null> {
    for (const saved of this.#open.checkpoints) {
      const key = stateKey(this.#step, saved);
      const state = await intact(async () => verified(key, saved.state, await this.#store.get(key)));
      if (state) return { ...saved, state };
    }
    return null;
  }

  /** Holds the claim for longer. Throws `ClaimLost`. */
  async renew(): Promise<void> {
    await this.#change(() => ({ expires: Date.now() + LEASE_MS }));
  }

  /** Gives the claim back before the step is through; checkpoints stay for whoever goes on. */
  async release(): Promise<void> {
    if (this.#open.checkpoints.length > 0) await this.#change(() => ({ expires: 0 }));
    else await this.finish();
  }

  /** The step has its result, or left nothing to go on from: nothing of it stays. */
  async finish(): Promise<void> {
    await this.#writing;
    if (this.#saved || this.#open.checkpoints.length > 0) await clearProgress(this.#store, this.#step);
    else await this.#store.delete(progressKey(this.#step));
  }

  #change(change: () => Partial<OpenStep>): Promise<void> {
    const write = this.#writing.then(async () => {
      const key = progressKey(this.#step);
      const open = { ...this.#open, ...change() };
      const body = sealed(key, open);
      const etag =
        (await this.#store.put(key, body, { ifMatch: this.#etag })) ?? (await this.#etagOfOwn(key, body));
      if (etag === null) throw new ClaimLost(this.#step);
      [this.#open, this.#etag] = [open, etag];
    });
    this.#writing = write.catch(() => {});
    return write;
  }

  /** A write whose answer got lost was repeated, and then met what it had written itself. */
  async #etagOfOwn(key: string, body: Uint8Array): Promise<string | null> {
    const found = await this.#store.read(key);
    return found && Buffer.compare(found.body, body) === 0 ? found.etag : null;
  }
}

/** Removes the claim and every checkpoint of a step, also those that a killed process left unlisted. */
export async function clearProgress(store: Objects, step: string): Promise<void> {
  // Collected first: deleting while a listing goes on may make a server skip keys.
  const keys: string[] = [];
  for await (const { key } of store.list(`steps/${step}/`)) keys.push(key);
  for (const key of keys) await store.delete(key);
}

export const progressKey = (step: string): string => `steps/${step}/progress.json`;

export const stateKey = (step: string, { done, state }: SavedProgress): string =>
  `steps/${step}/state/${done}-${state.hash}`;

/** A damaged checkpoint is as good as none, since the work can be done again; other failures are passed on. */
async function intact<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CorruptObject || error instanceof MissingObject) return null;
    throw error;
  }
}
