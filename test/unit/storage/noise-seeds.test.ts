import { describe, expect, it } from 'vitest';
import { drawSeed, findSeed, seedKey } from '../../../phoenix/storage/noise-seeds.ts';
import { verifyAll } from '../../../phoenix/storage/verify.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const step = 'a'.repeat(64);

describe('the seed of a step', () => {
  it('is drawn once, from all 256 bits, and read back ever after', async () => {
    const store = new MemoryStore();
    expect(await findSeed(store, step)).toBe(null);
    const seed = await drawSeed(store, step);
    expect(seed).toHaveLength(32);
    expect(await drawSeed(store, step)).toEqual(seed);
    expect(await findSeed(store, step)).toEqual(seed);
    expect(store.keys()).toEqual([`secrets/noise/${step}.json`]);
    expect(await drawSeed(store, 'b'.repeat(64))).not.toEqual(seed);
  });

  it('is the first one of two that are drawn at the same time', async () => {
    const store = new MemoryStore();
    const seeds = await Promise.all([drawSeed(store, step), drawSeed(store, step), drawSeed(store, step)]);
    expect(new Set(seeds.map((seed) => Buffer.from(seed).toString('hex'))).size).toBe(1);
  });

  it('is what was written, also when the answer to the write got lost', async () => {
    /** Writes, and says that somebody else had written before, as a request that the SDK has repeated is told. */
    class LosingStore extends MemoryStore {
      override async put(...args: Parameters<MemoryStore['put']>): Promise<null> {
        await super.put(...args);
        return null;
      }
    }
    const store = new LosingStore();
    expect(await drawSeed(store, step)).toEqual(await findSeed(store, step));
  });

  it('that is damaged is neither drawn again nor moved elsewhere', async () => {
    const store = new MemoryStore();
    const seed = Buffer.from(await drawSeed(store, step)).toString('hex');
    store.damage(seedKey(step), 12);
    const failure = await drawSeed(store, step).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'CorruptObject', key: seedKey(step) });
    expect((failure as Error).message).not.toContain(seed.slice(16));
    expect(store.keys()).toEqual([seedKey(step)]);
    const verdicts: unknown[] = [];
    for await (const verdict of verifyAll(store)) verdicts.push(verdict);
    expect(verdicts).toEqual([
      { key: seedKey(step), problem: 'it is not the JSON that was sealed under this key' },
    ]);
  });

  it('is an object like others to those who verify the store', async () => {
    const store = new MemoryStore();
    await drawSeed(store, step);
    for await (const verdict of verifyAll(store))
      expect(verdict).toEqual({ key: seedKey(step), problem: null });
  });
});
