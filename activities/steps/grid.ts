/** The 10 × 10 sample grid (paper, figure 6). */
import sharp from 'sharp';
import type { Ref } from '../../phoenix/federation/records.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { loadSamples, type ImageBatch } from './samples.ts';

export interface GridRequest {
  readonly imageSize: number;
  readonly samples: readonly Ref[];
}

const SIDE = 10;
/** Width and height of one image in the grid, in pixels: enlarged without smoothing. */
const CELL = 64;

/** A PNG blob. Images are taken at even distances, so that every client's samples are seen. */
export async function grid({ blobs, memo }: StepContext, request: GridRequest): Promise<Ref> {
  const { imageSize, samples } = request;
  const identity = { name: 'grid', version: 1, settings: { imageSize }, inputs: { samples }, seed: 0 };
  const { result } = await runStep<Ref>(memo, identity, async () => {
    const width = SIDE * imageSize;
    const pixels = tiled(await loadSamples(blobs, samples, imageSize), imageSize);
    const png = await sharp(pixels, { raw: { width, height: width, channels: 3 } })
      .resize(SIDE * CELL, SIDE * CELL, { kernel: 'nearest' })
      .png()
      .toBuffer();
    return blobs.put(png);
  });
  return result;
}

/** uint8 [10·size, 10·size, 3]; black where there are fewer than 100 images. */
function tiled({ images, count }: ImageBatch, size: number): Uint8Array {
  const row = size * 3;
  const pixels = new Uint8Array(SIDE * SIDE * size * row);
  const shown = Math.min(count, SIDE * SIDE);
  for (let cell = 0; cell < shown; cell++) {
    const image = Math.floor((cell * count) / shown);
    const corner = Math.floor(cell / SIDE) * size * SIDE * row + (cell % SIDE) * row;
    for (let y = 0; y < size; y++) {
      const line = (image * size + y) * row;
      pixels.set(images.subarray(line, line + row), corner + y * SIDE * row);
    }
  }
  return pixels;
}
