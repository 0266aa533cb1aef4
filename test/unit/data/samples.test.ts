import { describe, expect, it } from 'vitest';
import { evenly, loadSamples } from '../../../phoenix/data/samples.ts';
import { Blobs } from '../../../phoenix/storage/blobs.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

/** Images of one pixel, each of a shade of its own. */
const shades = (...of: number[]): Uint8Array => Uint8Array.from(of.flatMap((shade) => [shade, shade, shade]));

describe('stored samples', () => {
  it('are the union of their blobs, in order', async () => {
    const blobs = new Blobs(new MemoryStore());
    const stored = (images: Uint8Array) =>
      blobs.putTensors(new Map([['images', { shape: [images.length / 3, 1, 1, 3], data: images }]]));
    const refs = [await stored(shades(1, 2)), await stored(shades(3))];
    expect(await loadSamples(blobs, refs, 1)).toEqual({ images: shades(1, 2, 3), count: 3 });
  });

  it('are shown at even distances, all of them where there are few', () => {
    const batch = { images: shades(1, 2, 3, 4, 5, 6), count: 6 };
    expect(evenly(batch, 3)).toEqual(shades(1, 3, 5));
    expect(evenly(batch, 9)).toEqual(batch.images);
    expect(evenly({ images: shades(), count: 0 }, 3)).toEqual(shades());
  });
});
