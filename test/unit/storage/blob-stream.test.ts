import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedOnItsWay } from '../../../phoenix/storage/blob-stream.ts';
import { blobKey, Blobs, CorruptObject, MissingObject } from '../../../phoenix/storage/blobs.ts';
import { sha256Hex } from '../../../phoenix/storage/canonical-json.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const content = Uint8Array.from({ length: 5000 }, (_, at) => (at * at) % 251);

async function stored() {
  const store = new MemoryStore();
  const blobs = new Blobs(store);
  return { store, blobs, ref: await blobs.put(content) };
}

describe('a blob as a stream', () => {
  it('gives the same bytes, however many are asked for at a time', async () => {
    const { blobs, ref } = await stored();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(2000), { maxLength: 10 }), async (lengths) => {
        const stream = await blobs.open(ref);
        let at = 0;
        for (const wanted of lengths) {
          const target = new Uint8Array(Math.min(wanted, content.length - at));
          await stream.fill(target);
          expect(target).toEqual(content.slice(at, (at += target.length)));
        }
        await stream.finish();
      }),
    );
  });

  it('has no bytes past its end', async () => {
    const { blobs, ref } = await stored();
    const stream = await blobs.open(ref);
    await expect(stream.fill(new Uint8Array(content.length + 1))).rejects.toThrow(RangeError);
  });

  it('is not finished where a bit was flipped, and the object is set aside', async () => {
    const { store, blobs, ref } = await stored();
    store.damage(blobKey(ref), 4999);
    const stream = await blobs.open(ref);
    await stream.fill(new Uint8Array(10));
    await expect(stream.finish()).rejects.toThrow(CorruptObject);
    expect(store.keys().map((key) => key.slice(0, -17))).toEqual([`quarantine/${blobKey(ref)}`]);
  });

  it('is not opened where the object was cut off or is missing', async () => {
    const { store, blobs, ref } = await stored();
    store.objects.set(blobKey(ref), content.slice(0, 4000));
    await expect(blobs.open(ref)).rejects.toThrow(CorruptObject);
    await expect(blobs.open({ hash: sha256Hex('x'), bytes: 1 })).rejects.toThrow(MissingObject);
  });

  it('that was damaged on its way is worth another attempt', async () => {
    const { store, blobs, ref } = await stored();
    store.damage(blobKey(ref), 0);
    const stream = await blobs.open(ref);
    await stream.fill(new Uint8Array(content.length));
    store.objects.set(blobKey(ref), content);
    await expect(stream.finish()).rejects.toThrow(DamagedOnItsWay);
    expect(store.keys()).toEqual([blobKey(ref)]);
  });
});
