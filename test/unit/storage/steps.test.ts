import { describe, expect, it, vi } from 'vitest';
import type { Ref } from '../../../phoenix/federation/records.ts';
import { blobKey, Blobs } from '../../../phoenix/storage/blobs.ts';
import { NotCanonical } from '../../../phoenix/storage/canonical-json.ts';
import {
  type Checkpoints,
  runStep,
  type StepIdentity,
  stepKey,
  type StepManifest,
  StepMemo,
} from '../../../phoenix/storage/steps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { stepSite } from '../../helpers/steps.ts';

const identity: StepIdentity = {
  name: 'train',
  version: 1,
  settings: { learningRate: 0.001, steps: 40 },
  inputs: { weights: { hash: 'aa', bytes: 4 } },
  seed: 7,
};

/** Counts to 40 with a checkpoint every 10; fails once it has done `failAt` units. The result tells every unit it did. */
function counting(failAt?: number) {
  return async (checkpoints: Checkpoints) => {
    const from = await checkpoints.load();
    const sum = Float32Array.from(from?.tensors.get('sum')!.data ?? [0]);
    for (let done = from?.done ?? 0; done < 40;) {
      if (done === failAt) throw new Error('killed');
      sum[0]! += ++done;
      if (done % 10 === 0)
        await checkpoints.save(done, new Map([['sum', { shape: [1], data: sum }]]), { done });
    }
    return { sum: sum[0]! };
  };
}

describe('stepKey', () => {
  it('changes with everything that the result depends on', () => {
    const others: StepIdentity[] = [
      { ...identity, name: 'generate' },
      { ...identity, version: 2 },
      { ...identity, settings: { learningRate: 0.002, steps: 40 } },
      { ...identity, inputs: { weights: { hash: 'ab', bytes: 4 } } },
      { ...identity, seed: 8 },
    ];
    expect(new Set([identity, ...others].map(stepKey)).size).toBe(6);
  });

  it('does not change with the order of keys, nor with anything else that hangs on the object', () => {
    const { seed, ...rest } = identity;
    expect(stepKey(Object.assign({ seed, note: 'x' }, rest))).toBe(stepKey(identity));
  });

  it('stays what it is, or every stored step would be lost', () => {
    expect(stepKey(identity)).toBe('c439f144980573e164604cfc1d4c87ddeb7496f34f2e77757b62d0000ac09a21');
  });

  it('refuses an identity that has no canonical form', () => {
    expect(() => stepKey({ ...identity, settings: { steps: undefined } })).toThrow(NotCanonical);
  });
});

const remembered = (result: unknown): StepManifest<unknown> => {
  const { owner, fingerprint } = stepSite(new MemoryStore());
  const how = { startedAt: '2024-01-01T00:00:00.000Z', seconds: 1, resumedFrom: null, mixed: false };
  const info = { owner, fingerprint, ...how };
  return { key: stepKey(identity), identity, request: { steps: 40 }, result, info };
};

describe('StepMemo', () => {
  it('remembers the result with its parents and what was asked for', async () => {
    const memo = new StepMemo(new MemoryStore());
    const manifest = remembered({ loss: 0.5 });
    expect(await memo.find(manifest.key)).toBeNull();
    expect(await memo.remember(manifest)).toEqual(manifest);
    expect(await memo.find(manifest.key)).toEqual(manifest);
  });

  it('lets the first of two results stand', async () => {
    const memo = new StepMemo(new MemoryStore());
    const first = await memo.remember(remembered('first'));
    expect(await memo.remember(remembered('second'))).toEqual(first);
  });

  it('sets a damaged manifest aside', async () => {
    const store = new MemoryStore();
    const memo = new StepMemo(store);
    const { key } = await memo.remember(remembered(1));
    store.damage(`steps/${key}.json`, 20);
    const damaged = store.objects.get(`steps/${key}.json`)!;
    expect(await memo.find(key)).toBeNull();
    expect(store.keys().map((name) => name.slice(0, -16))).toEqual([`quarantine/steps/${key}.json/`]);
    expect([...store.objects.values()]).toEqual([damaged]);
  });

  it.each([
    ['is missing', (store: MemoryStore, key: string) => void store.objects.delete(key), 1],
    ['was cut off', (store: MemoryStore, key: string) => void store.objects.set(key, new Uint8Array(2)), 2],
  ])('sets a manifest aside whose result %s', async (_, harm, aside) => {
    const store = new MemoryStore();
    const memo = new StepMemo(store);
    const ref = await new Blobs(store).put(new Uint8Array(8));
    const { key } = await memo.remember(remembered({ model: { base: ref }, list: [1] }));
    expect(await memo.find(key)).not.toBeNull();
    harm(store, blobKey(ref));
    expect(await memo.find(key)).toBeNull();
    expect(store.keys().every((name) => name.startsWith('quarantine/'))).toBe(true);
    expect(store.keys().length).toBe(aside);
  });
});

describe('runStep', () => {
  const run = (
    store: MemoryStore,
    body: (checkpoints: Checkpoints) => Promise<unknown>,
    site = stepSite(store),
  ) => runStep(site, identity, { steps: 40 }, body);

  it('computes a step once', async () => {
    const store = new MemoryStore();
    const body = vi.fn(counting());
    const step = { key: stepKey(identity), reused: false, resumedFrom: null, mixed: false };
    expect(await run(store, body)).toEqual({ result: { sum: 820 }, step });
    expect(await run(store, body)).toEqual({ result: { sum: 820 }, step: { ...step, reused: true } });
    expect(body).toHaveBeenCalledTimes(1);
  });

  it('goes on from the last checkpoint, to the same result, and says so', async () => {
    const store = new MemoryStore();
    await expect(run(store, counting(25))).rejects.toThrow('killed');
    const site = stepSite(store, 'run-2');
    const { result, step } = await run(store, counting(), site);
    expect(result).toEqual({ sum: 820 });
    expect(step).toMatchObject({ reused: false, resumedFrom: 20, mixed: false });
    const { info, request } = (await site.memo.find(step.key))!;
    expect(info).toMatchObject({ owner: site.owner, fingerprint: site.fingerprint, resumedFrom: 20 });
    expect(request).toEqual({ steps: 40 });
  });

  it('is mixed once another machine has gone on with it, whoever finishes it', async () => {
    const store = new MemoryStore();
    const site = stepSite(store);
    const other = { ...site, fingerprint: { ...site.fingerprint, threads: 1000 } };
    await expect(run(store, counting(15), site)).rejects.toThrow('killed');
    await expect(run(store, counting(25), other)).rejects.toThrow('killed');
    const { step } = await run(store, counting(), other);
    expect(step).toMatchObject({ resumedFrom: 20, mixed: true });
    expect((await run(store, counting(), site)).step).toMatchObject({ reused: true, mixed: true });
  });

  it('gives the body what it saved', async () => {
    const store = new MemoryStore();
    await expect(run(store, counting(15))).rejects.toThrow('killed');
    await run(store, async (checkpoints) => {
      const tensors = new Map([['sum', { shape: [1], data: new Float32Array([55]) }]]);
      expect(await checkpoints.load()).toEqual({ done: 10, tensors, extra: { done: 10 } });
      return null;
    });
  });

  it('leaves no checkpoint behind, also when the process was killed before it could clear them', async () => {
    const store = new MemoryStore();
    const { key } = (await run(store, counting())).step;
    expect(store.keys()).toEqual([`steps/${key}.json`]);

    store.objects.set(`steps/${key}/state/40-${'0'.repeat(64)}`, new Uint8Array(8));
    await run(store, counting());
    expect(store.keys()).toEqual([`steps/${key}.json`]);
  });

  it('stores nothing for a step that failed', async () => {
    const store = new MemoryStore();
    await expect(run(store, counting(0))).rejects.toThrow('killed');
    expect(store.keys()).toEqual([]);
  });

  it('computes a step again whose manifest or result is damaged', async () => {
    const store = new MemoryStore();
    const body = async () => new Blobs(store).put(new Uint8Array(8));
    const { result, step } = await run(store, body);
    store.damage(`steps/${step.key}.json`, 20);
    expect(await run(store, body)).toEqual({ result, step });
    store.objects.set(blobKey(result as Ref), new Uint8Array(3));
    expect(await run(store, body)).toEqual({ result, step });
    expect(await run(store, body)).toEqual({ result, step: { ...step, reused: true } });
  });
});
