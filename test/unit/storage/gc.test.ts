import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { blobKey, Blobs } from '../../../phoenix/storage/blobs.ts';
import { collectGarbage, type OpenRuns } from '../../../phoenix/storage/gc.ts';
import { drawSeed, seedKey } from '../../../phoenix/storage/noise-seeds.ts';
import { referencesIn } from '../../../phoenix/storage/references.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { runStep, stepKey } from '../../../phoenix/storage/steps.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { verifyAll } from '../../../phoenix/storage/verify.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { stepSite } from '../../helpers/steps.ts';

const nothingOpen = async (): Promise<OpenRuns> => ({ names: new Set(), references: [] });

const hour = 3_600_000;

/** Step 1 in the document of a run, a cell of a sweep, with an input; step 2 in a record of it; step 3 nowhere. All of it two hours ago. */
async function lived(age = 2 * hour) {
  const store = new MemoryStore();
  const blobs = new Blobs(store);
  const input = await blobs.put(Uint8Array.of(9));
  const step = (seed: number) =>
    runStep(
      stepSite(store, 'tiny-0/round-01'),
      { name: 'train', version: 1, settings: {}, inputs: { input }, seed },
      { seed },
      async () => ({ model: await blobs.put(Uint8Array.of(seed, 2, 3)) }),
    );
  const [first, second, third] = [await step(1), await step(2), await step(3)];
  const record = await blobs.putJson({ round: 1, steps: [second.step] });
  const document = { experiment: 'tiny', run: 'tiny-0', state: 'failed', steps: [first.step] };
  await new RunStore(store).put({ ...document, rounds: [{ record }] } as unknown as RunDocument);
  await new SweepStore(store).put(exampleSweep([exampleCell({ run: 'tiny-0', state: 'failed' })]));
  store.age(age);
  return {
    store,
    document,
    input,
    third,
    unreached: [`steps/${third.step.key}.json`, blobKey(third.result.model)],
  };
}

async function collected(store: MemoryStore, remove: boolean, open = nothingOpen): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of collectGarbage(store, open, remove)) keys.push(key);
  return keys;
}

describe('collectGarbage', () => {
  it('says what no run reaches, removes it when asked to, and nothing else', async () => {
    const { store, unreached } = await lived();
    const before = store.keys();
    expect(await collected(store, false)).toEqual(unreached);
    expect(store.keys()).toEqual(before);
    expect(await collected(store, true)).toEqual(unreached);
    expect(store.keys()).toEqual(before.filter((key) => !unreached.includes(key)));
    for await (const { problem } of verifyAll(store)) expect(problem).toBe(null);
  });

  it('leaves what is younger than an hour', async () => {
    const { store } = await lived(0.9 * hour);
    expect(await collected(store, true)).toEqual([]);
  });

  it('leaves what is written again just before it would go', async () => {
    const { store, unreached } = await lived();
    const blobs = new Blobs(store);
    const again = () => Promise.all([7, 8].map((byte) => blobs.put(Uint8Array.of(byte))));
    const loose = (await again()).map(blobKey);
    store.age(2 * hour);
    const gone: string[] = [];
    for await (const { key, kind } of collectGarbage(store, nothingOpen, true)) {
      gone.push(key);
      if (kind === 'blob') await again();
    }
    expect(gone.length).toBeLessThan(unreached.length + loose.length);
    expect(store.keys()).toEqual(expect.arrayContaining(loose));
  });

  it('leaves what an open workflow has in its history', async () => {
    const { store, third } = await lived();
    const open = async () => ({
      names: new Set(['other-1']),
      references: [referencesIn({ outcome: third })],
    });
    expect(await collected(store, true, open)).toEqual([]);
  });

  it('leaves the blobs of a step that an open workflow took up in between', async () => {
    const { store, third, unreached } = await lived();
    let asked = 0;
    const open = async () => ({
      names: new Set<string>(),
      references: asked++ === 0 ? [] : [referencesIn({ outcome: third })],
    });
    expect(await collected(store, true, open)).toEqual(unreached.slice(0, 1));
  });

  it('leaves the checkpoints of steps whose run may go on, and no others', async () => {
    const { store, document, unreached } = await lived();
    const identity = { name: 'train', version: 1, settings: {}, inputs: {}, seed: 4 };
    const interrupted = runStep(stepSite(store, 'tiny-0/round-01'), identity, null, async (checkpoints) => {
      await checkpoints.save(1, new Map([['w', { shape: [1], data: new Float32Array(1) }]]), null);
      throw new Error('killed');
    });
    await expect(interrupted).rejects.toThrow('killed');
    store.age(2 * hour);
    expect(await collected(store, false)).toEqual(unreached);
    await new RunStore(store).put({ ...document, state: 'finished', rounds: [] } as unknown as RunDocument);
    const checkpoints = store.keys().filter((key) => /^steps\/[0-9a-f]+\//.test(key));
    expect(checkpoints.length).toBe(2);
    expect(await collected(store, false)).toEqual(expect.arrayContaining(checkpoints));
  });

  it('leaves the seeds of noise as long as their steps, finished or not, and no longer', async () => {
    const { store, document, third, unreached } = await lived();
    const reached = document.steps[0]!.key;
    const identity = { name: 'aggregate', version: 1, settings: {}, inputs: {}, seed: 0 };
    const open = stepKey(identity);
    for (const step of [reached, third.step.key, open]) await drawSeed(store, step);
    const interrupted = runStep(stepSite(store, 'tiny-0/round-01'), identity, null, async (checkpoints) => {
      await checkpoints.save(1, new Map(), null);
      throw new Error('killed');
    });
    await expect(interrupted).rejects.toThrow('killed');
    store.age(2 * 3_600_000);
    const [step, blob] = unreached as [string, string];
    expect(await collected(store, true)).toEqual([step, seedKey(third.step.key), blob]);
    expect(store.keys('secrets/')).toEqual([seedKey(open), seedKey(reached)].toSorted());
    await new RunStore(store).put({ ...document, state: 'finished', rounds: [] } as unknown as RunDocument);
    expect(await collected(store, true)).toContain(seedKey(open));
    expect(store.keys('secrets/')).toEqual([seedKey(reached)]);
  });

  it('removes nothing when a record is damaged', async () => {
    const { store } = await lived();
    const record = store.keys('blobs/').find((key) => store.objects.get(key)!.length > 10)!;
    store.damage(record, 3);
    const before = store.keys('steps/');
    await expect(collected(store, true)).rejects.toMatchObject({ name: 'CorruptObject', key: record });
    expect(store.keys('steps/')).toEqual(before);
  });
});
