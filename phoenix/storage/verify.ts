/** Finds every object that is not exactly what was written, and everything that points to nothing. Changes nothing. */
import type { Ref } from '../federation/records.ts';
import { blobKey, CorruptObject } from './blobs.ts';
import { sha256Hex } from './canonical-json.ts';
import type { Objects } from './object-store.ts';
import { type OpenStep, stateKey } from './progress.ts';
import { type References, referencesIn } from './references.ts';
import { runKey } from './runs.ts';
import { unsealed } from './sealed-json.ts';
import { manifestKey, type StepManifest, stepKey } from './steps.ts';
import { sweepKey, SweepStore } from './sweeps.ts';

export interface Verdict {
  readonly key: string;
  /** What is wrong with the object; null: it is intact. */
  readonly problem: string | null;
}

/** What one look at an object tells. */
interface Inspection {
  readonly problem: string | null;
  /** Keys that must be there, with the length of their bodies where that is known. */
  readonly needs: readonly { readonly key: string; readonly bytes: number | null }[];
  /** Of `needs`, JSON blobs that point further. */
  readonly records: readonly string[];
}

const intact: Inspection = { problem: null, needs: [], records: [] };
const broken = (problem: string): Inspection => ({ ...intact, problem });

/** Looks at every object of the store but those that were set aside; one at a time is held in memory. */
export async function* verifyAll(store: Objects): AsyncIterable<Verdict> {
  for await (const { key } of store.list('')) {
    if (key.startsWith('quarantine/')) continue;
    yield { key, problem: await problemOf(store, key) };
  }
}

/**
 * Looks at everything that a run reaches: its document, the steps and records named there, and what those point to.
 * Parents of a step are found through what the document says of the steps that made them.
 */
export const verifyRun = (store: Objects, experiment: string, run: string): AsyncIterable<Verdict> =>
  verifyFrom(store, [runKey(experiment, run)]);

/**
 * Looks at a sweep's document and at everything that the runs of its cells reach, at what they share only once. A cell that
 * has not finished may have left nothing yet.
 *
 * @throws CorruptSweep
 */
export async function* verifySweep(store: Objects, name: string): AsyncIterable<Verdict> {
  const document = await new SweepStore(store).document(name);
  const runs: string[] = [];
  for (const { experiment, run, state } of document?.cells ?? []) {
    const key = runKey(experiment, run);
    if (state === 'finished' || (await store.size(key)) !== null) runs.push(key);
  }
  yield* verifyFrom(store, [sweepKey(name), ...runs]);
}

async function* verifyFrom(store: Objects, documents: readonly string[]): AsyncIterable<Verdict> {
  const waiting = [...documents];
  const seen = new Set(waiting);
  const records = new Set<string>();
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const body = await store.get(key);
    if (body === null) {
      yield { key, problem: 'it is missing' };
      continue;
    }
    const found = inspect(key, body);
    yield { key, problem: found.problem };
    const record = records.has(key) && found.problem === null ? pointers(referencesIn(parsed(body))) : intact;
    for (const { key: needed } of [...found.needs, ...record.needs]) {
      if (seen.has(needed)) continue;
      seen.add(needed);
      waiting.push(needed);
    }
    for (const needed of [...found.records, ...record.records]) records.add(needed);
  }
}

async function problemOf(store: Objects, key: string): Promise<string | null> {
  for (;;) {
    const found = await store.read(key);
    // Deleted since it was listed: a checkpoint of a step that goes on.
    if (found === null) return null;
    const { problem, needs } = inspect(key, found.body);
    const lacking = problem ?? (await firstLacking(store, needs));
    if (lacking === null) return null;
    // The list of checkpoints of an open step may have changed under our eyes.
    const again = await store.read(key);
    if (again === null || again.etag === found.etag) return again && lacking;
  }
}

async function firstLacking(store: Objects, needs: Inspection['needs']): Promise<string | null> {
  for (const { key, bytes } of needs) {
    const actual = await store.size(key);
    if (actual === null) return `it points to ${key}, which is missing`;
    if (bytes !== null && actual !== bytes) {
      return `it points to ${key} with ${bytes} bytes, which has ${actual}`;
    }
  }
  return null;
}

function inspect(key: string, body: Uint8Array): Inspection {
  const named = /^(?:blobs\/sha256\/|steps\/[0-9a-f]{64}\/state\/\d+-)([0-9a-f]{64})$/.exec(key);
  if (named) {
    const actual = sha256Hex(body);
    return actual === named[1] ? intact : broken(`its SHA-256 is ${actual}`);
  }
  try {
    const step = /^steps\/([0-9a-f]{64})(\.json|\/progress\.json)$/.exec(key);
    if (step) {
      const [, own, kind] = step as unknown as [string, string, string];
      return kind === '.json' ? inspectManifest(key, own, body) : inspectProgress(key, own, body);
    }
    // The runs of a sweep are documents of their own, which may be yet to come.
    if (/^(secrets\/noise\/[0-9a-f]{64}|sweeps\/[^/]+)\.json$/.test(key)) {
      unsealed(key, body);
      return intact;
    }
    if (/^runs\/[^/]+\/[^/]+\.json$/.test(key)) return pointers(referencesIn(unsealed(key, body)));
  } catch (error) {
    if (error instanceof CorruptObject) return broken('it is not the JSON that was sealed under this key');
    throw error;
  }
  return broken('it is foreign: nothing is stored under such a key');
}

function inspectManifest(key: string, own: string, body: Uint8Array): Inspection {
  const { key: _, ...manifest } = unsealed<StepManifest<unknown>>(key, body);
  const actual = stepKey(manifest.identity);
  return actual === own
    ? pointers(referencesIn(manifest.result))
    : broken(`its identity has the key ${actual}`);
}

function inspectProgress(key: string, own: string, body: Uint8Array): Inspection {
  const { checkpoints } = unsealed<OpenStep>(key, body);
  const needs = checkpoints.map((saved) => ({ key: stateKey(own, saved), bytes: saved.state.bytes }));
  return { ...intact, needs };
}

function pointers({ refs, steps, records }: References): Inspection {
  const blob = (ref: Ref) => ({ key: blobKey(ref), bytes: ref.bytes });
  const step = (key: string) => ({ key: manifestKey(key), bytes: null });
  return { problem: null, needs: [...refs.map(blob), ...steps.map(step)], records: records.map(blobKey) };
}

const parsed = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));
