/**
 * The step memo. Every step of a run is a pure function of its identity, so its result is stored under the identity's
 * hash and never computed twice: not by a retry, not by a resumed run, not by another run that shares the step. The manifest
 * `steps/<key>.json` names the parents (the identity's inputs), the result, and how it came about.
 */
import type { Outcome } from '../federation/records.ts';
import { blobKey, CorruptObject } from './blobs.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import { ClaimLost, type Owner, RENEWAL_MS } from './claim.ts';
import { type Fingerprint, sameFingerprint } from './fingerprint.ts';
import type { Objects } from './object-store.ts';
import { clearProgress, StepProgress } from './progress.ts';
import { setAside } from './quarantine.ts';
import { referencesIn } from './references.ts';
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
  readonly owner: Owner;
  readonly fingerprint: Fingerprint;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Of the attempt that finished the step. */
  readonly seconds: number;
  /** `done` of the checkpoint that this attempt went on from; null if it did the whole step. */
  readonly resumedFrom: number | null;
  /** Whether machines with other fingerprints had done a part of it. */
  readonly mixed: boolean;
}

export interface StepManifest<R> {
  readonly key: string;
  readonly identity: StepIdentity;
  /** What the step was asked for: enough to compute it again. */
  readonly request: unknown;
  readonly result: R;
  readonly info: StepInfo;
}

/** Where a step is computed, for whom, and where it is remembered. */
export interface StepSite {
  readonly memo: StepMemo;
  readonly owner: Owner;
  readonly fingerprint: Fingerprint;
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

  /**
   * The manifest of a finished step whose result is all there, or null. A damaged manifest, one that points to objects
   * which are not there, and objects that were cut off are set aside: the step is then computed again.
   */
  async find<R>(key: string): Promise<StepManifest<R> | null> {
    const manifest = await this.#intact<R>(key);
    if (!manifest) return null;
    for (const ref of referencesIn(manifest.result).refs) {
      const bytes = await this.#store.size(blobKey(ref));
      if (bytes === ref.bytes) continue;
      if (bytes !== null) await setAside(this.#store, blobKey(ref));
      await setAside(this.#store, manifestKey(key));
      return null;
    }
    return manifest;
  }

  /** Stores a result (plain JSON). If another process was first its manifest stands and is returned. */
  async remember<R>(manifest: StepManifest<R>): Promise<StepManifest<R>> {
    if (await putSealed(this.#store, manifestKey(manifest.key), manifest, { ifAbsent: true }))
      return manifest;
    return (await this.find<R>(manifest.key)) ?? manifest;
  }

  /** Throws `StepHeldElsewhere`. */
  claim(key: string, owner: Owner): Promise<StepProgress> {
    return StepProgress.claim(this.#store, key, owner);
  }

  /** Removes what an open step has left. */
  clear(key: string): Promise<void> {
    return clearProgress(this.#store, key);
  }

  async #intact<R>(key: string): Promise<StepManifest<R> | null> {
    try {
      return await getSealed<StepManifest<R>>(this.#store, manifestKey(key));
    } catch (error) {
      if (!(error instanceof CorruptObject)) throw error;
      await setAside(this.#store, manifestKey(key));
      return null;
    }
  }
}

/**
 * The result of a step: remembered, or computed by `body` from its last checkpoint on and then remembered. Throws
 * `StepHeldElsewhere` while another owner computes it, and `ClaimLost` at a checkpoint once another one goes on with it.
 */
export async function runStep<R>(
  { memo, owner, fingerprint }: StepSite,
  identity: StepIdentity,
  request: unknown,
  body: (checkpoints: Checkpoints) => Promise<R>,
): Promise<Outcome<R>> {
  const key = stepKey(identity);
  const known = await memo.find<R>(key);
  if (known) {
    // Left over if the process that finished the step was killed before it could clear them.
    await memo.clear(key);
    return outcome(known, true);
  }

  const started = new Date();
  const progress = await memo.claim(key, owner);
  // A claim that is lost is noticed at the next checkpoint; a store that is away costs the claim and not the step.
  const renewal = setInterval(() => void progress.renew().catch(() => {}), RENEWAL_MS);
  try {
    let [resumedFrom, mixed]: [number | null, boolean] = [null, false];
    const result = await body({
      async load() {
        const saved = await progress.load();
        if (!saved) return null;
        resumedFrom = saved.done;
        mixed = saved.mixed || !sameFingerprint(saved.fingerprint, fingerprint);
        return { done: saved.done, tensors: decodeSafetensors(saved.state).tensors, extra: saved.extra };
      },
      save: (done, tensors, extra) =>
        progress.save({ done, extra, fingerprint, mixed }, encodeSafetensors(tensors)),
    });
    const seconds = (Date.now() - started.getTime()) / 1000;
    const info = { owner, fingerprint, startedAt: started.toISOString(), seconds, resumedFrom, mixed };
    const manifest = await memo.remember({ key, identity, request, result, info });
    await progress.finish();
    return outcome(manifest, false);
  } catch (error) {
    // Whatever keeps the claim from being given back, the step's own error says more; the claim expires by itself.
    if (!(error instanceof ClaimLost)) await progress.release().catch(() => {});
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

function outcome<R>(
  { key, result, info: { resumedFrom, mixed } }: StepManifest<R>,
  reused: boolean,
): Outcome<R> {
  return { result, step: { key, reused, resumedFrom, mixed } };
}

export function manifestKey(key: string): string {
  return `steps/${key}.json`;
}
