import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClaimLost, mayTakeOver, StepHeldElsewhere } from '../../../phoenix/storage/claim.ts';
import { plainFingerprint } from '../../../phoenix/storage/fingerprint.ts';
import type { Objects } from '../../../phoenix/storage/object-store.ts';
import { type OpenStep, StepProgress } from '../../../phoenix/storage/progress.ts';
import { unsealed } from '../../../phoenix/storage/sealed-json.ts';
import { runStep } from '../../../phoenix/storage/steps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { ownerNamed, stepSite } from '../../helpers/steps.ts';

const state = (done: number) => new TextEncoder().encode(`state after ${done} steps`);
const at = (done: number) => ({
  done,
  extra: { losses: [done] },
  fingerprint: plainFingerprint(),
  mixed: false,
});
const opened = (store: Objects, workflow = 'run-1', attempt = 1) =>
  StepProgress.claim(store, 'key', ownerNamed(workflow, attempt));
const claimOf = (store: MemoryStore) =>
  unsealed<OpenStep>('steps/key/progress.json', store.objects.get('steps/key/progress.json')!);

/** A store with checkpoints after these steps, saved in this order. */
async function saved(...steps: number[]) {
  const store = new MemoryStore();
  const progress = await opened(store);
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

    const { store } = await saved(10, 20);
    store.damage('steps/key/progress.json', 5);
    const next = await opened(store, 'run-2');
    expect(await next.load()).toBeNull();
    await next.save(at(15), state(15));
    expect((await next.load())!.done).toBe(15);
    expect(store.keys('quarantine/steps/key/progress.json/').length).toBe(1);
  });

  it('passes on that the store cannot be reached', async () => {
    const { store, progress } = await saved(10);
    store.get = () => Promise.reject(new Error('unreachable'));
    await expect(progress.load()).rejects.toThrow('unreachable');
  });

  it('survives a kill between any two writes of a save', async () => {
    for (let writes = 0; writes < 5; writes++) {
      const { store } = await saved(10, 20);
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
      const killed = opened(guarded, 'run-1', 2).then((attempt) => attempt.save(at(30), state(30)));
      await expect(killed).rejects.toThrow('killed');
      const next = await opened(store, 'run-1', 3);
      // A claim takes two writes where there is one to take over, the tensors are the third.
      expect((await next.load())!.done).toBe(writes < 4 ? 20 : 30);
      await next.save(at(30), state(30));
      await next.finish();
      expect(store.keys()).toEqual([]);
    }
  });

  it('clears everything of its step, and nothing of another', async () => {
    const { store, progress } = await saved(10, 20);
    const other = await StepProgress.claim(store, 'key2', ownerNamed('run-1'));
    await other.save(at(1), state(1));
    store.objects.set('steps/key.json', state(0));
    await progress.finish();
    expect(store.keys()).toEqual(['steps/key.json', ...store.keys('steps/key2/')]);
    expect(store.keys('steps/key2/')).toHaveLength(2);
  });
});

describe('the claim of a step', () => {
  afterEach(() => void vi.useRealTimers());

  it('is held against everybody but a later attempt of the same activity', async () => {
    const { store, progress } = await saved(10);
    await expect(opened(store, 'run-2')).rejects.toMatchObject({
      name: 'StepHeldElsewhere',
      step: 'key',
      owner: ownerNamed('run-1'),
      expires: claimOf(store).expires,
    });
    const retry = await opened(store, 'run-1', 2);
    expect((await retry.load())!.done).toBe(10);
    await expect(progress.save(at(20), state(20))).rejects.toMatchObject({ name: 'ClaimLost', step: 'key' });
    await expect(opened(store, 'run-1', 1)).rejects.toBeInstanceOf(StepHeldElsewhere);
    await retry.save(at(20), state(20));
    expect((await retry.load())!.done).toBe(20);
  });

  it('does not outlive the execution of its workflow', () => {
    const held = { owner: ownerNamed('run-1', 7), expires: 10 };
    expect(mayTakeOver({ ...ownerNamed('run-1'), execution: 'next' }, held, 0)).toBe(true);
    expect(mayTakeOver({ ...ownerNamed('run-2'), execution: 'next' }, held, 0)).toBe(false);
    expect(mayTakeOver({ ...ownerNamed('run-1', 8), activity: '2' }, held, 0)).toBe(false);
  });

  it('is free once it is given back, with the checkpoints', async () => {
    const { store, progress } = await saved(10);
    await progress.release();
    expect((await (await opened(store, 'run-2')).load())!.done).toBe(10);
  });

  it('leaves nothing when it is given back before the first checkpoint', async () => {
    const { store, progress } = await saved();
    await progress.release();
    expect(store.keys()).toEqual([]);
  });

  it('expires after a minute of silence, and holds as long as it is renewed', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    const { store, progress } = await saved();
    vi.setSystemTime(50_000);
    await progress.renew();
    vi.setSystemTime(109_999);
    await expect(opened(store, 'run-2')).rejects.toBeInstanceOf(StepHeldElsewhere);
    vi.setSystemTime(110_000);
    await opened(store, 'run-2');
    await expect(progress.renew()).rejects.toBeInstanceOf(ClaimLost);
  });

  it('goes to one of many who want it at once', async () => {
    const store = new MemoryStore();
    const all = await Promise.allSettled(Array.from({ length: 8 }, (_, run) => opened(store, `run-${run}`)));
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('is not lost to its own write when the answer to that went astray', async () => {
    const { store, progress } = await saved(10);
    const put = store.put.bind(store);
    store.put = async (...request) => {
      await put(...request);
      return put(...request);
    };
    await progress.save(at(20), state(20));
    await progress.renew();
    expect((await progress.load())!.done).toBe(20);
  });

  it('costs one write more for a step without checkpoints', async () => {
    const store = new MemoryStore();
    const put = vi.spyOn(store, 'put');
    const identity = { name: 'aggregate', version: 1, settings: {}, inputs: {}, seed: 0 };
    await runStep(stepSite(store), identity, null, async () => 1);
    expect(put.mock.calls.length).toBe(2);
  });
});
