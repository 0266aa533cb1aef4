/** `phoenix verify --recompute`: a finished step computed again from its request, while the store stays as it is. */
import { cpuSteps } from '../activities/steps/cpu-steps.ts';
import type { GpuRequest, GpuStep } from '../activities/steps/gpu-steps.ts';
import type { StepContext } from '../activities/steps/context.ts';
import type { FullRun, Outcome, StepRecord } from '../phoenix/federation/records.ts';
import { Blobs, MissingObject } from '../phoenix/storage/blobs.ts';
import { canonicalJson, sha256Hex } from '../phoenix/storage/canonical-json.ts';
import type { Owner } from '../phoenix/storage/claim.ts';
import { type Fingerprint, plainFingerprint, sameFingerprint } from '../phoenix/storage/fingerprint.ts';
import { findSeed } from '../phoenix/storage/noise-seeds.ts';
import type { Objects } from '../phoenix/storage/object-store.ts';
import { OverlayStore, withoutStep } from '../phoenix/storage/overlay.ts';
import { loadRounds, runKey, RunStore } from '../phoenix/storage/runs.ts';
import { getSealed } from '../phoenix/storage/sealed-json.ts';
import { manifestKey, type StepManifest } from '../phoenix/storage/steps.ts';
import { EngineSlot } from '../workers/engine-slot.ts';
import { stepContext } from '../workers/step-context.ts';
import { displayOn } from './display.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';

export interface StoredRun {
  readonly run: string;
  readonly experiment: string;
}

const owner: Owner = { workflow: 'verify', execution: 'verify', activity: 'recompute', attempt: 1 };

/**
 * Says whether the step's result is the same as the remembered one, and returns it.
 *
 * @param wanted key of a step of the run, or the beginning of it
 * @throws BadInput when there is no such step, or none whose bytes could be the same here; CorruptObject, MissingObject
 */
export async function recompute(
  store: Objects,
  stored: StoredRun,
  wanted: string,
  json?: true,
): Promise<boolean> {
  const { key, label } = findStep(wanted, await fullRun(store, stored));
  const manifest = await getSealed<StepManifest<unknown>>(store, manifestKey(key));
  if (!manifest) throw new MissingObject(manifestKey(key));
  const { result, step } = await (Object.hasOwn(cpuSteps, manifest.identity.name)
    ? computedHere(store, manifest, label)
    : computedByEngine(manifest, label));
  if (step.key !== key) throw computedOtherwise(label, step.key);
  const [remembered, again] = [manifest.result, result].map((value) => sha256Hex(canonicalJson(value)));
  const same = remembered === again;
  if (json) printJson({ step: key, label, same, remembered: manifest.result, recomputed: result });
  else {
    console.log(`${label}: ${same ? 'the same' : 'different'}`);
    console.log(`remembered ${remembered}\nrecomputed ${again}`);
  }
  return same;
}

/** What is damaged is left where it is: looking must not change the store. */
async function fullRun(store: Objects, { experiment, run }: StoredRun): Promise<FullRun> {
  const document = await new RunStore(store).get(experiment, run);
  if (!document) throw new MissingObject(runKey(experiment, run));
  return loadRounds(new Blobs(new OverlayStore(store)), document);
}

/** @throws BadInput when none or several are meant */
export function findStep(
  wanted: string,
  { run, steps, rounds, final }: Pick<FullRun, 'run' | 'steps' | 'rounds' | 'final'>,
): StepRecord {
  const all = [...steps, ...rounds.flatMap((round) => round.steps), ...(final?.steps ?? [])];
  const meant = new Map(all.filter(({ key }) => key.startsWith(wanted)).map((step) => [step.key, step]));
  const [first] = meant.values();
  if (!first)
    throw new BadInput(`${run} has no step ${wanted}; \`npx phoenix audit ${run}\` has the keys of all`);
  if (meant.size > 1) throw new BadInput(`${wanted} is the beginning of ${meant.size} steps of ${run}`);
  return first;
}

const computedOtherwise = (label: string, key: string): BadInput =>
  new BadInput(`this version of Phoenix computes "${label}" in another way: its key would be ${key}`);

async function computedHere(
  store: Objects,
  manifest: StepManifest<unknown>,
  label: string,
): Promise<Outcome<unknown>> {
  const fingerprint = plainFingerprint();
  demandSame(manifest, fingerprint);
  const { name } = manifest.identity;
  const step = cpuSteps[name as keyof typeof cpuSteps] as (
    context: StepContext,
    request: unknown,
  ) => Promise<Outcome<unknown>>;
  const context = stepContext(await withoutStep(store, manifest.key), fingerprint);
  const noiseSeed = async (key: string): Promise<Uint8Array> => {
    if (key !== manifest.key) throw computedOtherwise(label, key);
    const seed = await findSeed(store, key);
    // A new one would be other noise.
    if (!seed)
      throw new BadInput(`the seed of the noise in "${label}" was removed: nobody can compute it again`);
    return seed;
  };
  return step({ ...context, noiseSeed, owner }, manifest.request);
}

/** In a process of its own: this one must not load the engine. */
async function computedByEngine(
  { key, identity, request, info }: StepManifest<unknown>,
  label: string,
): Promise<Outcome<unknown>> {
  const slot = new EngineSlot(new URL('../workers/engine-child.js', import.meta.url), [key]);
  const display = displayOn(process.stderr);
  const open = { label, isRunning: true, loss: null, attempt: 1, lastFailure: null };
  try {
    await slot.start();
    demandSame({ key, info }, slot.fingerprint!);
    return await slot.run(identity.name as GpuStep, request as GpuRequest<GpuStep>, {
      owner,
      signal: new AbortController().signal,
      onProgress: ({ done, total }) => display.open([{ ...open, done: Math.floor(done), total }]),
    });
  } finally {
    display.close();
    await slot.close();
  }
}

/** @throws BadInput where other bytes would say nothing */
export function demandSame(
  { key, info }: Pick<StepManifest<unknown>, 'key' | 'info'>,
  here: Fingerprint,
): void {
  if (info.mixed)
    throw new BadInput(
      `several machines that differ had a part in step ${key}: it cannot be computed again as it was`,
    );
  if (sameFingerprint(info.fingerprint, here)) return;
  const names = Object.keys(here) as (keyof Fingerprint)[];
  const differing = names
    .filter((name) => info.fingerprint[name] !== here[name])
    .map((name) => `${name} ${info.fingerprint[name]} there, ${here[name]} here`);
  throw new BadInput(
    `step ${key} was computed on another kind of machine (${differing.join('; ')}): bytes may differ`,
  );
}
