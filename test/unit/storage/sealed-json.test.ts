import { expect, it } from 'vitest';
import { CorruptObject } from '../../../phoenix/storage/blobs.ts';
import { getSealed, putSealed } from '../../../phoenix/storage/sealed-json.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const body = { number: 1e21, list: [true, null], text: 'é' };

it('gives back what was written, and null for nothing', async () => {
  const store = new MemoryStore();
  expect(await getSealed(store, 'runs/a.json')).toBeNull();
  await putSealed(store, 'runs/a.json', body);
  expect(await getSealed(store, 'runs/a.json')).toEqual(body);
});

it('finds every single flipped bit', async () => {
  const store = new MemoryStore();
  await putSealed(store, 'k', body);
  const { length } = store.objects.get('k')!;
  for (let at = 0; at < length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      store.damage('k', at, bit);
      await expect(getSealed(store, 'k'), `byte ${at}, bit ${bit}`).rejects.toThrow(CorruptObject);
      store.damage('k', at, bit);
    }
  }
  expect(await getSealed(store, 'k')).toEqual(body);
});

it('finds a truncated object, an empty one, and foreign JSON', async () => {
  const store = new MemoryStore();
  await putSealed(store, 'k', body);
  const intact = store.objects.get('k')!;
  for (const foreign of [intact.subarray(0, -1), new Uint8Array(), new TextEncoder().encode('null')]) {
    store.objects.set('k', foreign);
    await expect(getSealed(store, 'k')).rejects.toMatchObject({ name: 'CorruptObject', key: 'k' });
  }
});

it('finds an intact object that was written under another key', async () => {
  const store = new MemoryStore();
  await putSealed(store, 'steps/a.json', body);
  store.objects.set('steps/b.json', store.objects.get('steps/a.json')!);
  await expect(getSealed(store, 'steps/b.json')).rejects.toThrow('the object steps/b.json is corrupt');
});

it('leaves an existing object alone with ifAbsent', async () => {
  const store = new MemoryStore();
  expect(await putSealed(store, 'k', 1, { ifAbsent: true })).toEqual(expect.any(String));
  expect(await putSealed(store, 'k', 2, { ifAbsent: true })).toBeNull();
  expect(await getSealed(store, 'k')).toBe(1);
});
