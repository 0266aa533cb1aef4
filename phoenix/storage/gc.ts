/** What no run reaches, and removing it. A run reaches all that its document points to, through records and manifests. */
import type { RunDocument } from '../federation/records.ts';
import { blobKey, Blobs } from './blobs.ts';
import { seedKey } from './noise-seeds.ts';
import type { Listed, Objects, ObjectStore } from './object-store.ts';
import { type OpenStep, progressKey } from './progress.ts';
import { type References, referencesIn } from './references.ts';
import { getSealed } from './sealed-json.ts';
import { manifestKey, type StepManifest } from './steps.ts';

/** What open workflows hold on to, whatever the store says of them. */
export interface OpenRuns {
  /** Names of the runs. */
  readonly names: ReadonlySet<string>;
  /** All that their histories point to. */
  readonly references: readonly References[];
}

export interface Garbage extends Listed {
  readonly kind: 'blob' | 'step' | 'checkpoint' | 'seed';
}

type DatedObjects = Objects & Pick<ObjectStore, 'modified'>;

/** Younger objects stay, in ms: what makes them may not have been noted anywhere yet. */
const GRACE_MS = 3_600_000;

/**
 * Every object that no run reaches: steps first, then the seeds of their noise, then blobs. With `remove` what is open is asked for again in between, since a
 * step that was just looked up may have been about to go, and each object's age just before it goes, since it may have been
 * written again. What remains is a write, or the look at a step, in the few milliseconds of that last question: a run that is hit
 * by it stops with the object's name, and resumed computes it again.
 *
 * @throws CorruptObject, MissingObject when a document, record or manifest is damaged: nobody knows what it reaches
 */
export async function* collectGarbage(
  store: DatedObjects,
  open: () => Promise<OpenRuns>,
  remove: boolean,
): AsyncIterable<Garbage> {
  const old = Date.now() - GRACE_MS;
  const isOld = (modified: Date | null): boolean => modified !== null && modified.getTime() <= old;
  for (const prefix of ['steps/', 'secrets/', 'blobs/']) {
    const reached = await reach(store, await open());
    // Collected first: deleting while a listing goes on may make a server skip keys.
    const garbage: Garbage[] = [];
    for await (const listed of store.list(prefix)) {
      const kind = kindOf(listed.key);
      if (kind === null || !isOld(listed.modified) || reached.keys.has(listed.key)) continue;
      const isOfStep = kind === 'checkpoint' || kind === 'seed';
      if (isOfStep && (await isOpen(store, stepIn(listed.key), reached.unfinished))) continue;
      garbage.push({ ...listed, kind });
    }
    for (const one of garbage) {
      if (remove) {
        if (!isOld(await store.modified(one.key))) continue;
        await store.delete(one.key);
      }
      yield one;
    }
  }
}

interface Reach {
  readonly keys: ReadonlySet<string>;
  /** Names of runs that may go on. */
  readonly unfinished: ReadonlySet<string>;
}

async function reach(store: Objects, open: OpenRuns): Promise<Reach> {
  const blobs = new Blobs(store);
  const keys = new Set<string>();
  const unfinished = new Set(open.names);
  const waiting = [...open.references];
  for await (const { key } of store.list('runs/')) {
    const document = await getSealed<RunDocument>(store, key);
    if (document === null) continue;
    if (document.state !== 'finished') unfinished.add(document.run);
    waiting.push(referencesIn(document));
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    waiting.push(...(await follow(store, blobs, next, keys)));
  }
  return { keys, unfinished };
}

/** Notes the keys of what is pointed to, and returns what the new ones among them point to. */
async function follow(
  store: Objects,
  blobs: Blobs,
  { refs, steps, records }: References,
  keys: Set<string>,
): Promise<References[]> {
  const further: References[] = [];
  for (const ref of records) {
    if (!keys.has(blobKey(ref))) further.push(referencesIn(await blobs.getJson(ref)));
  }
  for (const ref of refs) keys.add(blobKey(ref));
  for (const step of steps) {
    if (keys.has(manifestKey(step))) continue;
    keys.add(manifestKey(step));
    // Should the result be damaged, the same noise must go into it again.
    keys.add(seedKey(step));
    // Its own key is among what it points to, and its parents' blobs are: it must be possible to compute it again.
    const manifest = await getSealed<StepManifest<unknown>>(store, manifestKey(step));
    if (manifest) further.push(referencesIn(manifest));
  }
  return further;
}

/** An unfinished step stays while somebody works on it, and while the run that began it may go on. */
async function isOpen(store: Objects, step: string, unfinished: ReadonlySet<string>): Promise<boolean> {
  if ((await store.size(manifestKey(step))) !== null) return false;
  const progress = await getSealed<OpenStep>(store, progressKey(step));
  if (progress === null) return false;
  // Rounds are called after their run: RUN/round-03.
  return progress.expires > Date.now() || unfinished.has(progress.owner.workflow.split('/')[0]!);
}

function kindOf(key: string): Garbage['kind'] | null {
  if (/^blobs\/sha256\/[0-9a-f]{64}$/.test(key)) return 'blob';
  if (/^steps\/[0-9a-f]{64}\.json$/.test(key)) return 'step';
  if (/^secrets\/noise\/[0-9a-f]{64}\.json$/.test(key)) return 'seed';
  return /^steps\/[0-9a-f]{64}\//.test(key) ? 'checkpoint' : null;
}

const stepIn = (key: string): string => /[0-9a-f]{64}/.exec(key)![0];
