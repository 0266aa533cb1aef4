/**
 * The step memo. Every step of a run is a pure function of its identity, so its result is stored under the identity's
 * hash and never computed twice: not by a retry, not by a resumed run, not by another run that shares the step. The manifest
 * `steps/<key>.json` names the parents (the identity's inputs), the result, and how it came about.
 */
import { hostname } from 'node:os';
import type { Outcome } from '../federation/records.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import type { Objects } from './object-store.ts';
import { StepProgress } from './progress.ts';
import { decodeSafetensors, encodeSafetensors, type Tensors } from './safetensors.ts';
import { getSealed, putSealed } from './sealed-json.ts';

/** All that a step's result depends on. */
export interface StepIdentity {
  readonly name: string;
  /** Raised whenever the step's code gives other bytes for the same inputs. */
  readonly version: number;
  readonly settings: unknown;
  /** References and hashes of what the step reads: its parents. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** How a result came about. Nothing in it has any influence on the result. */
export interface StepInfo {
  readonly owner: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Of the attempt that finished the step. */
  readonly seconds: number;
  /** `done` of the checkpoint that this attempt went on from; null if it did the whole step. */
  readonly resumedFrom: number | null;
}

export interface StepManifest<R> {
  readonly key: string;
  readonly identity: StepIdentity;
  readonly result: R;
  readonly info: StepInfo;
}

/** What the body of a step may keep while it is under way. */
export interface Checkpoints {
  /** The furthest checkpoint of an earlier attempt, or null. */
  load(): Promise<Checkpoint | null>;
  /** `done`: units of work that are finished; `extra`: plain JSON. */
  save(done: number, tensors: Tensors, extra: unknown): Promise<void>;
}

export interface Checkpoint {
  readonly done: number;
  readonly tensors: Tensors;
  readonly extra: unknown;
}

/** SHA-256 (hex) of the identity's canonical JSON. Throws `NotCanonical`. */
export function stepKey({ name, version, settings, inputs, seed }: StepIdentity): string {
  return sha256Hex(canonicalJson({ name, version, settings, inputs, seed }));
}

export class StepMemo {
  readonly #store: Objects;

  constructor(store: Objects) {
    this.#store = store;
  }

  /** The manifest of a finished step, or null. Throws `CorruptObject`. */
  async find<R>(key: string): Promise<StepManifest<R> | null> {
    return getSealed<StepManifest<R>>(this.#store, manifestKey(key));
  }

  /** Stores a result (plain JSON). If another process was first its manifest stands and is returned. */
  async remember<R>(identity: StepIdentity, result: R, info: StepInfo): Promise<StepManifest<R>> {
    const manifest = { key: stepKey(identity), identity, result, info };
    if (await putSealed(this.#store, manifestKey(manifest.key), manifest, { ifAbsent: true }))
      return manifest;
    return (await this.find<R>(manifest.key)) ?? manifest;
  }

  progress(key: string): StepProgress {
    return new StepProgress(this.#store, key);
  }
}

/**
 * The result of a step: remembered, or computed by `body` from its last checkpoint on and then remembered.
 * `owner` says in checkpoints and manifest who did the work.
 */
export async function runStep<R>(
  memo: StepMemo,
  identity: StepIdentity,
  body: (checkpoints: Checkpoints) => Promise<R>,
  owner = `${hostname()}:${process.pid}`,
): Promise<Outcome<R>> {
  const key = stepKey(identity);
  const progress = memo.progress(key);
  const known = await memo.find<R>(key);
  if (known) {
    // Left over if the process that finished the step was killed before it could clear them.
    await progress.clear();
    return outcome(known, true);
  }

  const started = new Date();
  let resumedFrom: number | null = null;
  const result = await body({
    async load() {
      const saved = await progress.load();
      if (!saved) return null;
      resumedFrom = saved.done;
      return { done: saved.done, tensors: decodeSafetensors(saved.state).tensors, extra: saved.extra };
    },
    save: (done, tensors, extra) => progress.save({ done, extra, owner }, encodeSafetensors(tensors)),
  });
  const seconds = (Date.now() - started.getTime()) / 1000;
  const info = { owner, startedAt: started.toISOString(), seconds, resumedFrom };
  const manifest = await memo.remember(identity, result, info);
  await progress.clear();
  return outcome(manifest, false);
}

function outcome<R>({ key, result, info }: StepManifest<R>, reused: boolean): Outcome<R> {
  return { result, step: { key, reused, resumedFrom: info.resumedFrom, mixed: false } };
}

function manifestKey(key: string): string {
  return `steps/${key}.json`;
}
