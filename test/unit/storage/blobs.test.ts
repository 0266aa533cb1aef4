import { describe, expect, it } from 'vitest';
import { blobKey, Blobs, CorruptObject, MissingObject } from '../../../phoenix/storage/blobs.ts';
import { sha256Hex } from '../../../phoenix/storage/canonical-json.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const text = (content: string) => new TextEncoder().encode(content);

describe('Blobs', () => {
  it('names an object by the hash and length of its bytes', async () => {
    const store = new MemoryStore();
    const ref = await new Blobs(store).put(text('abc'));
    expect(ref).toEqual({ hash: sha256Hex('abc'), bytes: 3 });
    expect(store.keys()).toEqual([`blobs/sha256/${sha256Hex('abc')}`]);
    expect(await new Blobs(store).get(ref)).toEqual(text('abc'));
  });

  it('writes equal content once, whatever it was made from', async () => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    expect(await blobs.putJson({ a: 1, b: [2] })).toEqual(await blobs.putJson({ b: [2], a: 1 }));
    const tensor = { shape: [1], data: new Float32Array([0.5]) };
    const both = [
      await blobs.putTensors(
        new Map([
          ['w', tensor],
          ['b', tensor],
        ]),
      ),
      await blobs.putTensors(
        new Map([
          ['b', tensor],
          ['w', tensor],
        ]),
      ),
    ];
    expect(both[0]).toEqual(both[1]);
    expect(store.keys()).toHaveLength(2);
  });

  it('gives back JSON and tensors', async () => {
    const blobs = new Blobs(new MemoryStore());
    expect(await blobs.getJson(await blobs.putJson({ a: [1, null, 'é'] }))).toEqual({ a: [1, null, 'é'] });
    const tensors = new Map([['w', { shape: [2], data: new Float32Array([1, -0]) }]]);
    expect(await blobs.getTensors(await blobs.putTensors(tensors))).toEqual(tensors);
  });

  it('reads a large file of tensors once, and the next one in its place', async () => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    const large = (value: number) =>
      blobs.putTensors(new Map([['w', { shape: [2 ** 18], data: new Float32Array(2 ** 18).fill(value) }]]));
    const [one, other] = [await large(1), await large(2)];
    let reads = 0;
    const get = store.get.bind(store);
    store.get = (key) => {
      reads++;
      return get(key);
    };
    const first = await blobs.getTensors(one);
    expect(await blobs.getTensors(one)).toBe(first);
    expect(reads).toBe(1);
    expect((await blobs.getTensors(other)).get('w')!.data[0]).toBe(2);
    expect((await blobs.getTensors(one)).get('w')!.data[0]).toBe(1);
    expect(reads).toBe(3);
  });

  it('names the object that is missing', async () => {
    const ref = { hash: sha256Hex('x'), bytes: 1 };
    const error = await new Blobs(new MemoryStore()).get(ref).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MissingObject);
    expect(error).toMatchObject({ key: blobKey(ref) });
  });

  it.each([
    ['a flipped bit', (store: MemoryStore, key: string) => store.damage(key, 1)],
    ['a truncated body', (store: MemoryStore, key: string) => void store.objects.set(key, text('ab'))],
    ['another object', (store: MemoryStore, key: string) => void store.objects.set(key, text('xyz'))],
  ])('never returns %s', async (_, harm) => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    const ref = await blobs.put(text('abc'));
    harm(store, blobKey(ref));
    const error = await blobs.get(ref).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CorruptObject);
    expect(error).toMatchObject({ key: blobKey(ref), expected: `3 bytes with SHA-256 ${ref.hash}` });
    expect((error as CorruptObject).actual).not.toContain(ref.hash);
    expect(store.keys().map((key) => key.slice(0, -17))).toEqual([`quarantine/${blobKey(ref)}`]);
    await blobs.put(text('abc'));
    expect(await blobs.get(ref)).toEqual(text('abc'));
  });

  it('reads an object again that was damaged on its way', async () => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    const ref = await blobs.put(text('abc'));
    const get = store.get.bind(store);
    let reads = 0;
    store.get = async (key) => (reads++ === 0 ? text('abd') : get(key));
    expect(await blobs.get(ref)).toEqual(text('abc'));
    expect(store.keys()).toEqual([blobKey(ref)]);
  });

  it('makes an object whole by storing it again', async () => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    const ref = await blobs.put(text('abc'));
    store.damage(blobKey(ref), 1);
    await blobs.put(text('abc'));
    expect(await blobs.get(ref)).toEqual(text('abc'));
  });

  it('does not take a reference with another length for the same object', async () => {
    const blobs = new Blobs(new MemoryStore());
    const ref = await blobs.put(text('abc'));
    await expect(blobs.get({ ...ref, bytes: 4 })).rejects.toThrow(CorruptObject);
    expect(await blobs.get(ref)).toEqual(text('abc'));
  });
});
