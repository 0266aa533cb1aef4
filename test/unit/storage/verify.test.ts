import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { blobKey, Blobs } from '../../../phoenix/storage/blobs.ts';
import { RunStore } from '../../../phoenix/storage/runs.ts';
import { runStep } from '../../../phoenix/storage/steps.ts';
import { verifyAll, verifyRun, type Verdict } from '../../../phoenix/storage/verify.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { stepSite } from '../../helpers/steps.ts';

/** A run of two steps with a record, another one's step, and an open step with a checkpoint. */
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
