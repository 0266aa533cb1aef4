/** How fast this machine is: what finished steps took, and where none has done such work, what it would take on a known one. */
import { CorruptObject } from '../../phoenix/storage/blobs.ts';
import type { Objects } from '../../phoenix/storage/object-store.ts';
import { getSealed } from '../../phoenix/storage/sealed-json.ts';
import type { StepManifest } from '../../phoenix/storage/steps.ts';
import { slowness, type Vectors } from './vectors.ts';
import { type Work, workOf } from './work.ts';

/** From the same work, from the same step with another network or other images, or from another machine altogether. */
export type Basis = 'measured' | 'scaled' | 'assumed';

export interface Speed {
  /** Number of finished steps that it was measured on. */
  readonly steps: number;
  secondsOf(work: Work | null): { readonly seconds: number; readonly basis: Basis };
}

/** What a step takes before it begins and after it has ended: its activity on the local server. */
const OVERHEAD_SECONDS = 0.1;

/** More of them say little more, and take long to read. */
const MOST_READ = 400;

/**
 * Medians: the first step with a network also compiles it.
 * @param vectors of the machine that is spoken of where nothing has been measured
 */
export function speedFrom(done: readonly Finished[], vectors: Vectors): Speed {
  const perUnit = medians(done, ({ work }) => work.kind, secondsPerUnit);
  // How many times as long as assumed such steps take here.
  const factors = medians(
    done,
    ({ work }) => work.step,
    (finished) => secondsPerUnit(finished) / finished.work.assumedSeconds,
  );
  const unit = ({ kind, step, assumedSeconds }: Work): { seconds: number; basis: Basis } => {
    const measured = perUnit.get(kind);
    if (measured !== undefined) return { seconds: measured, basis: 'measured' };
    const factor = factors.get(step);
    if (factor !== undefined) return { seconds: factor * assumedSeconds, basis: 'scaled' };
    return { seconds: slowness[vectors] * assumedSeconds, basis: 'assumed' };
  };
  return {
    steps: done.length,
    secondsOf(work) {
      if (work === null) return { seconds: OVERHEAD_SECONDS, basis: 'measured' };
      const { seconds, basis } = unit(work);
      return { seconds: OVERHEAD_SECONDS + work.units * seconds, basis };
    },
  };
}

export interface Finished {
  readonly work: Work;
  readonly seconds: number;
}

const secondsPerUnit = ({ work, seconds }: Finished): number => seconds / work.units;

function medians(
  done: readonly Finished[],
  keyOf: (step: Finished) => string,
  valueOf: (step: Finished) => number,
): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const step of done) values.set(keyOf(step), [...(values.get(keyOf(step)) ?? []), valueOf(step)]);
  return new Map(
    [...values].map(([key, all]) => [key, all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) / 2)]!]),
  );
}

/** Of the steps in the store, or some of them: keys are hashes, so that the first ones are any. */
export async function finishedWork(store: Objects): Promise<Finished[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('steps/')) {
    if (/^steps\/[0-9a-f]+\.json$/.test(key)) keys.push(key);
    if (keys.length === MOST_READ) break;
  }
  const read = await Promise.all(keys.map((key) => manifestAt(store, key)));
  return read.flatMap((manifest) => {
    // One that went on from a checkpoint says only what the rest took.
    if (!manifest || manifest.info.resumedFrom !== null) return [];
    const { identity, request, result, info } = manifest;
    const { steps = 0 } = identity.settings as { steps?: number };
    const { samples = 0 } = (result ?? {}) as { samples?: number };
    const work = workOf(identity.name, request, steps, samples);
    return work && work.units > 0 ? [{ work, seconds: info.seconds }] : [];
  });
}

async function manifestAt(store: Objects, key: string): Promise<StepManifest<unknown> | null> {
  try {
    return await getSealed<StepManifest<unknown>>(store, key);
  } catch (error) {
    if (error instanceof CorruptObject) return null;
    throw error;
  }
}
