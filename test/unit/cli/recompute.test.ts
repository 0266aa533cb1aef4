import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aggregate, type AggregateRequest } from '../../../activities/steps/aggregate.ts';
import { demandSame, findStep, recompute } from '../../../cli/recompute.ts';
import type { RunDocument, StepRecord } from '../../../phoenix/federation/records.ts';
import { plainFingerprint } from '../../../phoenix/storage/fingerprint.ts';
import { seedKey } from '../../../phoenix/storage/noise-seeds.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { getSealed, putSealed } from '../../../phoenix/storage/sealed-json.ts';
import { manifestKey, type StepInfo, type StepManifest } from '../../../phoenix/storage/steps.ts';
import { stepContext } from '../../helpers/steps.ts';

const stored = { experiment: 'tiny', run: 'tiny-0' };

/** A run with one step in the store, an average. */
async function lived(noiseStd = 0) {
  const context = stepContext();
  const { blobs, store } = context;
  const update = async (value: number) => ({
    base: await blobs.putTensors(new Map([['w', { shape: [1], data: Float32Array.of(value) }]])),
    weight: 1,
    loss: null,
  });
  const request: AggregateRequest = {
    strategy: { kind: 'fedavg' },
    round: null,
    global: null,
    state: {},
    clip: null,
    noiseStd,
    updates: [await update(1), await update(2)],
  };
  const { step } = await aggregate(context, request);
  const steps = [{ label: 'round 1 · average', ...step }];
  await new RunStore(store).put({ ...stored, rounds: [], steps, final: null } as unknown as RunDocument);
  return { store, key: step.key };
}

/** Rewrites the manifest with other contents. */
async function change(
  store: Awaited<ReturnType<typeof lived>>['store'],
  key: string,
  by: object,
): Promise<void> {
  const manifest = await getSealed<StepManifest<unknown>>(store, manifestKey(key));
  await putSealed(store, manifestKey(key), { ...manifest, ...by });
}

describe('a step that is computed again', () => {
  const said: string[] = [];
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(...line.split('\n')));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    said.length = 0;
  });

  it('is the same, and leaves the store as it was', async () => {
    const { store, key } = await lived();
    const before = new Map(store.objects);
    expect(await recompute(store, stored, key.slice(0, 8))).toBe(true);
    expect(said[0]).toBe('round 1 · average: the same');
    expect(said[1]!.split(' ')[1]).toBe(said[2]!.split(' ')[1]);
    expect(store.objects).toEqual(before);
  });

  it('is different from a result that is not what its request gives', async () => {
    const { store, key } = await lived();
    await change(store, key, { result: { hash: 'a'.repeat(64), bytes: 1 } });
    const before = new Map(store.objects);
    expect(await recompute(store, stored, key)).toBe(false);
    expect(said[0]).toBe('round 1 · average: different');
    expect(said[1]!.split(' ')[1]).not.toBe(said[2]!.split(' ')[1]);
    expect(store.objects).toEqual(before);
  });

  it('must be the step that the manifest says it is', async () => {
    const { store, key } = await lived();
    const { request } = (await getSealed<StepManifest<unknown>>(store, manifestKey(key)))!;
    const { updates } = request as AggregateRequest;
    await change(store, key, { request: { ...(request as object), updates: [] } });
    await expect(recompute(store, stored, key)).rejects.toThrow('at least one client');
    await change(store, key, { request: { ...(request as object), updates: updates.slice(1) } });
    await expect(recompute(store, stored, key)).rejects.toThrow(
      'computes "round 1 · average" in another way',
    );
  });

  it('has the same noise, and none without the seed of it', async () => {
    const { store, key } = await lived(0.1);
    const before = new Map(store.objects);
    expect(await recompute(store, stored, key)).toBe(true);
    expect(store.objects).toEqual(before);
    await store.delete(seedKey(key));
    await expect(recompute(store, stored, key)).rejects.toThrow(
      'the seed of the noise in "round 1 · average" was removed: nobody can compute it again',
    );
    expect(store.keys('secrets/')).toEqual([]);
  });

  it('cannot be looked for without its manifest', async () => {
    const { store, key } = await lived();
    await store.delete(manifestKey(key));
    await expect(recompute(store, stored, key)).rejects.toMatchObject({ name: 'MissingObject' });
  });
});

describe('which step is meant', () => {
  const record = (key: string): StepRecord => ({
    key,
    label: key,
    reused: false,
    resumedFrom: null,
    mixed: false,
  });
  const run = { run: 'tiny-0', steps: [record('ab1'), record('ab1')], rounds: [], final: null };

  it('is said by the beginning of its key', () => {
    expect(findStep('ab', run)).toEqual(record('ab1'));
    expect(() => findStep('c', run)).toThrow(
      'tiny-0 has no step c; `npx phoenix audit tiny-0` has the keys of all',
    );
    const two = { ...run, steps: [record('ab1'), record('ab2')] };
    expect(() => findStep('ab', two)).toThrow('ab is the beginning of 2 steps of tiny-0');
  });
});

describe('where a step can be compared', () => {
  const here = plainFingerprint();
  const info = (changes: Partial<StepInfo>) => ({
    key: 'abc',
    info: { fingerprint: here, mixed: false, ...changes } as StepInfo,
  });

  it('is a machine of the same kind as the one that computed it', () => {
    expect(() => demandSame(info({}), here)).not.toThrow();
    expect(() => demandSame(info({ fingerprint: { ...here, threads: 99 } }), here)).toThrow(
      `step abc was computed on another kind of machine (threads 99 there, ${here.threads} here): bytes may differ`,
    );
    expect(() => demandSame(info({ mixed: true }), here)).toThrow('several machines that differ');
  });
});
