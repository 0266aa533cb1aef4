import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StepProgress } from '../../../phoenix/storage/progress.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const state = (done: number) => new TextEncoder().encode(`state after ${done} steps`);
const at = (done: number) => ({ done, extra: { losses: [done] }, owner: 'worker-1' });

/** A store with checkpoints after these steps, saved in this order. */
async function saved(...steps: number[]) {
  const store = new MemoryStore();
  const progress = new StepProgress(store, 'key');
  for (const done of steps) await progress.save(at(done), state(done));
  const stateKey = (done: number) => store.keys(`steps/key/state/${done}-`)[0]!;
  return { store, progress, stateKey };
}

describe('StepProgress', () => {
  it('starts with nothing', async () => {
    expect(await (await saved()).progress.load()).toBeNull();
  });

  it('gives back the furthest checkpoint', async () => {
    const { progress } = await saved(10, 20, 30);
    expect(await progress.load()).toMatchObject({ ...at(30), state: state(30) });
  });

  it('keeps the two furthest checkpoints, whatever the order of saving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), async (steps) => {
        const { store, progress } = await saved(...steps);
        const furthest = [...new Set(steps)].sort((a, b) => b - a).slice(0, 2);
        const kept = store.keys('steps/key/state/').map((key) => Number(/(\d+)-[0-9a-f]{64}$/.exec(key)![1]));
        expect(kept.sort((a, b) => b - a)).toEqual(furthest);
        expect((await progress.load())!.done).toBe(furthest[0]);
      }),
    );
  });

  it.each([
    ['damaged', (store: MemoryStore, key: string) => store.damage(key, 3)],
    ['truncated', (store: MemoryStore, key: string) => void store.objects.set(key, new Uint8Array(2))],
    ['missing', (store: MemoryStore, key: string) => void store.objects.delete(key)],
  ])('falls back to the older checkpoint when the newer is %s, and recovers', async (_, harm) => {
    const { store, progress, stateKey } = await saved(10, 20);
    harm(store, stateKey(20));
    expect(await progress.load()).toMatchObject({ ...at(10), state: state(10) });
    await progress.save(at(20), state(20));
    expect(await progress.load()).toMatchObject({ ...at(20), state: state(20) });
  });

  it('starts anew when both are damaged, or the list of them is', async () => {
    const both = await saved(10, 20);
    both.store.damage(both.stateKey(10), 0);
    both.store.damage(both.stateKey(20), 0);
    expect(await both.progress.load()).toBeNull();

    const list = await saved(10, 20);
    list.store.damage('steps/key/progress.json', 5);
    expect(await list.progress.load()).toBeNull();
    await list.progress.save(at(15), state(15));
    expect((await list.progress.load())!.done).toBe(15);
  });

  it('passes on that the store cannot be reached', async () => {
    const { store, progress } = await saved(10);
    store.get = () => Promise.reject(new Error('unreachable'));
    await expect(progress.load()).rejects.toThrow('unreachable');
  });

  it('survives a kill between any two writes of a save', async () => {
    for (let writes = 0; writes < 3; writes++) {
      const { store, progress } = await saved(10, 20);
      let left = writes;
      const guarded = new Proxy(store, {
        get(target, name) {
          const method = Reflect.get(target, name) as (...parameters: unknown[]) => unknown;
          if (name !== 'put' && name !== 'delete') return method.bind(target);
          return (...parameters: unknown[]) => {
            if (left-- === 0) throw new Error('killed');
            return method.apply(target, parameters);
          };
        },
      });
      await expect(new StepProgress(guarded, 'key').save(at(30), state(30))).rejects.toThrow('killed');
      expect((await progress.load())!.done).toBe(writes < 2 ? 20 : 30);
      await progress.save(at(30), state(30));
      await progress.clear();
      expect(store.keys()).toEqual([]);
    }
  });

  it('clears everything of its step, and nothing of another', async () => {
    const { store, progress } = await saved(10, 20);
    await new StepProgress(store, 'key2').save(at(1), state(1));
    store.objects.set('steps/key.json', state(0));
    await progress.clear();
    expect(store.keys()).toEqual(['steps/key.json', ...store.keys('steps/key2/')]);
    expect(store.keys('steps/key2/')).toHaveLength(2);
  });
});
