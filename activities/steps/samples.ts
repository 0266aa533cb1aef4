import type { Ref } from '../../phoenix/federation/records.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';

/** Union of several samples blobs, in their order: uint8 [count, size, size, 3]. */
export async function loadSamples(blobs: Blobs, refs: readonly Ref[], size: number): Promise<ImageBatch> {
  const parts = await Promise.all(
    refs.map(async (ref) => (await blobs.getTensors(ref)).get('images')!.data as Uint8Array),
  );
  const images = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    images.set(part, at);
    at += part.length;
  }
  return { images, count: images.length / (size * size * 3) };
}

export interface ImageBatch {
  /** [count, size, size, 3] */
  readonly images: Uint8Array;
  readonly count: number;
}
