import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { blobKey, Blobs } from '../../../phoenix/storage/blobs.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { runStep } from '../../../phoenix/storage/steps.ts';
import { SweepStore } from '../../../phoenix/storage/sweeps.ts';
import { verifyAll, verifyRun, verifySweep, type Verdict } from '../../../phoenix/storage/verify.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { stepSite } from '../../helpers/steps.ts';

/** A run of two steps with a record, the first cell of a sweep; another one's step, and an open step with a checkpoint. */
async function smallStore() {
  const store = new MemoryStore();
  const blobs = new Blobs(store);
  const step = (seed: number) =>
    runStep(
      stepSite(store),
      { name: 'train', version: 1, settings: {}, inputs: {}, seed },
      { seed },
      async () => ({ model: await blobs.put(Uint8Array.of(seed, 2, 3)) }),
    );
  const [first, second, foreign] = [await step(1), await step(2), await step(3)];
  const record = await blobs.putJson({ round: 1, steps: [second.step], model: second.result.model });
  const document = { experiment: 'tiny', run: 'tiny-0', steps: [first.step], rounds: [{ record }] };
  await new RunStore(store).put(document as unknown as RunDocument);
  const cells = [
    exampleCell({ run: 'tiny-0', state: 'finished' }),
    exampleCell({ run: 'tiny-1', state: 'waiting' }),
  ];
  await new SweepStore(store).put(exampleSweep(cells));
  const open = { name: 'train', version: 1, settings: {}, inputs: {}, seed: 4 };
  await runStep(stepSite(store), open, null, async (checkpoints) => {
    await checkpoints.save(1, new Map([['w', { shape: [1], data: new Float32Array(1) }]]), null);
    throw new Error('killed');
  }).catch(() => {});
  return { store, first, second, foreign };
}

async function problems(verdicts: AsyncIterable<Verdict>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, problem } of verdicts) if (problem !== null) found.push(key);
  return found;
}

describe('verifyAll', () => {
  it('has nothing to say of an intact store', async () => {
    const { store } = await smallStore();
    const keys: string[] = [];
    for await (const { key, problem } of verifyAll(store)) {
      expect(problem).toBe(null);
      keys.push(key);
    }
    expect(keys).toEqual(store.keys());
  });

  it('names every object with a flipped bit or a lost end', async () => {
    const { store } = await smallStore();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(7), fc.boolean(), async (which, where, bit, cut) => {
        const keys = store.keys();
        const key = keys[which % keys.length]!;
        const body = store.objects.get(key)!;
        const damaged = body.slice(0, cut ? where % body.length : undefined);
        if (!cut) damaged[where % body.length]! ^= 1 << bit;
        store.objects.set(key, damaged);
        expect(await problems(verifyAll(store))).toContain(key);
        store.objects.set(key, body);
      }),
    );
  });

  it('names what points to nothing, and what does not belong here', async () => {
    const { store, first } = await smallStore();
    store.objects.delete(blobKey(first.result.model));
    store.objects.set('notes.txt', new Uint8Array(1));
    store.objects.set('quarantine/notes.txt/0', new Uint8Array(1));
    expect(await problems(verifyAll(store))).toEqual(['notes.txt', `steps/${first.step.key}.json`]);
  });
});

describe('verifyRun', () => {
  it('looks at all that the run reaches, through its records, and at nothing else', async () => {
    const { store, first, second, foreign } = await smallStore();
    const keys: string[] = [];
    for await (const { key, problem } of verifyRun(store, 'tiny', 'tiny-0')) {
      expect(problem).toBe(null);
      keys.push(key);
    }
    const reached = [first, second].flatMap(({ step, result }) => [
      `steps/${step.key}.json`,
      blobKey(result.model),
    ]);
    expect(keys).toEqual(expect.arrayContaining(['runs/tiny/tiny-0.json', ...reached]));
    expect(keys.length).toBe(6);

    store.damage(blobKey(foreign.result.model), 0);
    expect(await problems(verifyRun(store, 'tiny', 'tiny-0'))).toEqual([]);
    store.objects.delete(blobKey(second.result.model));
    expect(await problems(verifyRun(store, 'tiny', 'tiny-0'))).toEqual([blobKey(second.result.model)]);
  });
});

describe('verifySweep', () => {
  const keysOf = async (store: MemoryStore): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of verifySweep(store, 'table3')) keys.push(key);
    return keys;
  };

  it('looks at its document and all that the runs of its cells reach, each object once', async () => {
    const { store } = await smallStore();
    const ofRun: string[] = [];
    for await (const { key } of verifyRun(store, 'tiny', 'tiny-0')) ofRun.push(key);
    expect((await keysOf(store)).toSorted()).toEqual(['sweeps/table3.json', ...ofRun].toSorted());
    // A cell that shares everything with another one.
    const twin = { ...(await new RunStore(store).get('tiny', 'tiny-0'))!, run: 'tiny-1' };
    await new RunStore(store).put(twin);
    expect((await keysOf(store)).toSorted()).toEqual(
      ['sweeps/table3.json', 'runs/tiny/tiny-1.json', ...ofRun].toSorted(),
    );
  });

  it('misses the run of a cell that has finished, and no other', async () => {
    const { store } = await smallStore();
    expect(await problems(verifySweep(store, 'table3'))).toEqual([]);
    await store.delete('runs/tiny/tiny-0.json');
    expect(await problems(verifySweep(store, 'table3'))).toEqual(['runs/tiny/tiny-0.json']);
  });
});
