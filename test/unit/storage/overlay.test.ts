import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Objects } from '../../../phoenix/storage/object-store.ts';
import { OverlayStore, withoutStep } from '../../../phoenix/storage/overlay.ts';
import { runStep } from '../../../phoenix/storage/steps.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { stepSite } from '../../helpers/steps.ts';

const key = fc.constantFrom('a/1', 'a/2', 'b/1', 'b/1/x');
const act = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key, byte: fc.nat(255), ifAbsent: fc.boolean() }),
  fc.record({ kind: fc.constant('swap' as const), key, byte: fc.nat(255), stale: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** Does it, and says whether the condition was met. */
async function perform(store: Objects, one: Act): Promise<boolean> {
  if (one.kind === 'delete') return (await store.delete(one.key)) === undefined;
  const body = Uint8Array.of(one.byte);
  if (one.kind === 'put') return (await store.put(one.key, body, { ifAbsent: one.ifAbsent })) !== null;
  const etag = (await store.read(one.key))?.etag;
  return (await store.put(one.key, body, { ifMatch: one.stale ? 'other' : (etag ?? 'none') })) !== null;
}

async function seen(store: Objects) {
  const found: unknown[] = [];
  for await (const { key: listed, bytes } of store.list('b/')) found.push([listed, bytes]);
  for (const each of ['a/1', 'a/2', 'b/1', 'b/1/x'])
    found.push([await store.get(each), await store.size(each)]);
  return found;
}

it('is like the store below, with all that was done to it above, and the one below stays as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act), fc.array(act), async (before, after) => {
      const [below, expected] = [new MemoryStore(), new MemoryStore()];
      for (const one of before) for (const store of [below, expected]) await perform(store, one);
      const untouched = await seen(below);
      const overlay = new OverlayStore(below);
      for (const one of after) expect(await perform(overlay, one)).toBe(await perform(expected, one));
      expect(await seen(overlay)).toEqual(await seen(expected));
      expect(await seen(below)).toEqual(untouched);
    }),
  );
});

it('gives bodies away as copies', async () => {
  const overlay = new OverlayStore(new MemoryStore());
  await overlay.put('a', Uint8Array.of(1));
  (await overlay.get('a'))![0] = 2;
  expect(await overlay.get('a')).toEqual(Uint8Array.of(1));
});

it('lets a finished step be computed again, also one that a killed process has left a claim of', async () => {
  const store = new MemoryStore();
  const identity = { name: 'train', version: 1, settings: {}, inputs: {}, seed: 1 };
  const { step } = await runStep(stepSite(store), identity, {}, async () => 'first');
  await store.put(`steps/${step.key}/progress.json`, Uint8Array.of(1));
  await store.put(`steps/${step.key}/state/3-x`, Uint8Array.of(1));
  const before = new Map(store.objects);
  const overlay = await withoutStep(store, step.key);
  const again = await runStep(stepSite(overlay), identity, {}, async () => 'second');
  expect(again).toEqual({ result: 'second', step: { ...step, reused: false } });
  expect(store.objects).toEqual(before);
});
