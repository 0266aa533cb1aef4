import { describe, expect, it, vi } from 'vitest';
import { NotCanonical } from '../../../phoenix/storage/canonical-json.ts';
import {
  type Checkpoints,
  runStep,
  type StepIdentity,
  stepKey,
  StepMemo,
} from '../../../phoenix/storage/steps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const identity: StepIdentity = {
  name: 'train',
  version: 1,
  settings: { learningRate: 0.001, steps: 40 },
  inputs: { weights: { hash: 'aa', bytes: 4 } },
  seed: 7,
};

const info = { owner: 'somebody', startedAt: '2024-01-01T00:00:00.000Z', seconds: 1, resumedFrom: null };

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

describe('StepMemo', () => {
  it('remembers the result with its parents', async () => {
    const memo = new StepMemo(new MemoryStore());
    expect(await memo.find(stepKey(identity))).toBeNull();
    const manifest = await memo.remember(identity, { loss: 0.5 }, info);
    expect(manifest).toEqual({ key: stepKey(identity), identity, result: { loss: 0.5 }, info });
    expect(await memo.find(stepKey(identity))).toEqual(manifest);
  });

  it('lets the first of two results stand', async () => {
    const memo = new StepMemo(new MemoryStore());
    const first = await memo.remember(identity, 'first', info);
    expect(await memo.remember(identity, 'second', { ...info, owner: 'late' })).toEqual(first);
  });

  it('names a damaged manifest', async () => {
    const store = new MemoryStore();
    const { key } = await new StepMemo(store).remember(identity, 1, info);
    store.damage(`steps/${key}.json`, 20);
    await expect(new StepMemo(store).find(key)).rejects.toMatchObject({
      name: 'CorruptObject',
      key: `steps/${key}.json`,
    });
  });
});

describe('runStep', () => {
  it('computes a step once', async () => {
    const memo = new StepMemo(new MemoryStore());
    const body = vi.fn(counting());
    const step = { key: stepKey(identity), reused: false, resumedFrom: null, mixed: false };
    expect(await runStep(memo, identity, body)).toEqual({ result: { sum: 820 }, step });
    expect(await runStep(memo, identity, body)).toEqual({
      result: { sum: 820 },
      step: { ...step, reused: true },
    });
    expect(body).toHaveBeenCalledTimes(1);
  });

  it('goes on from the last checkpoint, to the same result, and says so', async () => {
    const memo = new StepMemo(new MemoryStore());
    await expect(runStep(memo, identity, counting(25))).rejects.toThrow('killed');
    const { result, step } = await runStep(memo, identity, counting(), 'worker-2');
    expect(result).toEqual({ sum: 820 });
    expect(step).toMatchObject({ reused: false, resumedFrom: 20 });
    expect((await memo.find(step.key))!.info).toMatchObject({ owner: 'worker-2', resumedFrom: 20 });
  });

  it('gives the body what it saved', async () => {
    const memo = new StepMemo(new MemoryStore());
    await expect(runStep(memo, identity, counting(15))).rejects.toThrow('killed');
    await runStep(memo, identity, async (checkpoints) => {
      const tensors = new Map([['sum', { shape: [1], data: new Float32Array([55]) }]]);
      expect(await checkpoints.load()).toEqual({ done: 10, tensors, extra: { done: 10 } });
      return null;
    });
  });

  it('leaves no checkpoint behind, also when the process was killed before it could clear them', async () => {
    const store = new MemoryStore();
    const memo = new StepMemo(store);
    const { key } = (await runStep(memo, identity, counting())).step;
    expect(store.keys()).toEqual([`steps/${key}.json`]);

    await memo.progress(key).save({ done: 40, extra: null, owner: 'killed' }, new Uint8Array(8));
    await runStep(memo, identity, counting());
    expect(store.keys()).toEqual([`steps/${key}.json`]);
  });

  it('stores nothing for a step that failed', async () => {
    const store = new MemoryStore();
    await expect(runStep(new StepMemo(store), identity, counting(0))).rejects.toThrow('killed');
    expect(store.keys()).toEqual([]);
  });
});
