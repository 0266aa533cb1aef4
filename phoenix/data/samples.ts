/** Generated images as steps have stored them, one blob for each model that gave a share. */
import type { Ref } from '../federation/records.ts';
import type { Blobs } from '../storage/blobs.ts';

export interface ImageBatch {
  /** uint8 [count, size, size, 3] */
  readonly images: Uint8Array;
  readonly count: number;
}

/** Union of several samples blobs, in their order. */
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

/**
 * `wanted` of the images, or all where there are fewer, at even distances, so that every client's samples are
 * seen: uint8 [n, size, size, 3].
 */
export function evenly({ images, count }: ImageBatch, wanted: number): Uint8Array {
  const shown = Math.min(count, wanted);
  const bytes = images.length / count;
  const chosen = new Uint8Array(shown === 0 ? 0 : shown * bytes);
  for (let k = 0; k < shown; k++) {
    const image = Math.floor((k * count) / shown);
    chosen.set(images.subarray(image * bytes, (image + 1) * bytes), k * bytes);
  }
  return chosen;
}
