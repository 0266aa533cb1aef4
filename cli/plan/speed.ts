/** How fast this machine is: what finished steps took, and where none has done such work, what their arithmetic suggests. */
import { CorruptObject } from '../../phoenix/storage/blobs.ts';
import type { Objects } from '../../phoenix/storage/object-store.ts';
import { getSealed } from '../../phoenix/storage/sealed-json.ts';
import type { StepManifest } from '../../phoenix/storage/steps.ts';
import { type Work, workOf } from './work.ts';

/** From the same step with the same network, from the same step with another one, or from another machine altogether. */
export type Basis = 'measured' | 'scaled' | 'assumed';

export interface Speed {
  /** Number of finished steps that it was measured on. */
  readonly steps: number;
  secondsOf(work: Work | null): { readonly seconds: number; readonly basis: Basis };
}

/** What a step takes beside its work: scheduling, and reading and writing objects. Measured on the local stack. */
const OVERHEAD_SECONDS = 0.15;

/** Seconds per multiply-add, of U-Nets on two CPU cores. */
const ASSUMED_PER_MULTIPLY_ADD: Readonly<Record<string, number>> = { train: 2.5e-11, generate: 1.2e-11 };
/** Seconds per image of what measures: the classifier that comes along, on two CPU cores. */
const ASSUMED_PER_IMAGE = 6e-4;

/** More of them say little more, and take long to read. */
const MOST_READ = 400;

interface Sum {
  units: number;
  multiplyAdds: number;
  seconds: number;
}

export function speedFrom(done: readonly { readonly work: Work; readonly seconds: number }[]): Speed {
  const [byKind, byStep] = [new Map<string, Sum>(), new Map<string, Sum>()];
  for (const { work, seconds } of done) {
    for (const [sums, key] of [
      [byKind, work.kind],
      [byStep, work.step],
    ] as const) {
      const sum = sums.get(key) ?? { units: 0, multiplyAdds: 0, seconds: 0 };
      sum.units += work.units;
      sum.multiplyAdds += work.units * (work.multiplyAdds ?? 0);
      sum.seconds += seconds;
      sums.set(key, sum);
    }
  }
  return {
    steps: done.length,
    secondsOf(work) {
      if (work === null) return { seconds: OVERHEAD_SECONDS, basis: 'measured' };
      const kind = byKind.get(work.kind);
      if (kind)
        return { seconds: OVERHEAD_SECONDS + (work.units * kind.seconds) / kind.units, basis: 'measured' };
      const step = byStep.get(work.step);
      const each = work.multiplyAdds;
      if (step && each !== null && step.multiplyAdds > 0)
        return {
          seconds: OVERHEAD_SECONDS + (work.units * each * step.seconds) / step.multiplyAdds,
          basis: 'scaled',
        };
      if (step)
        return { seconds: OVERHEAD_SECONDS + (work.units * step.seconds) / step.units, basis: 'scaled' };
      const assumed = each === null ? ASSUMED_PER_IMAGE : each * ASSUMED_PER_MULTIPLY_ADD[work.step]!;
      return { seconds: OVERHEAD_SECONDS + work.units * assumed, basis: 'assumed' };
    },
  };
}

/** Of the steps in the store, or some of them: keys are hashes, so that the first ones are any. */
export async function finishedWork(store: Objects): Promise<{ work: Work; seconds: number }[]> {
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
