/** The 10 × 10 sample grid (paper, figure 6). */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { sampleGrid } from '../../phoenix/report/grid.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { loadSamples, type ImageBatch } from './samples.ts';

export interface GridRequest {
  readonly imageSize: number;
  readonly samples: readonly Ref[];
}

const SIDE = 10;

/** A PNG blob. Images are taken at even distances, so that every client's samples are seen. */
export async function grid(context: StepContext, request: GridRequest): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { imageSize, samples } = request;
  const identity = { name: 'grid', version: 2, settings: { imageSize }, inputs: { samples }, seed: 0 };
  return runStep<Ref>(context, identity, request, async () => {
    const shown = evenly(await loadSamples(blobs, samples, imageSize));
    return blobs.put(await sampleGrid(shown, SIDE, SIDE, imageSize));
  });
}

/** 100 of the images, at even distances: uint8 [100, size, size, 3]; black where there are fewer. */
function evenly({ images, count }: ImageBatch): Uint8Array {
  const bytes = images.length / count;
  const chosen = new Uint8Array(SIDE * SIDE * bytes);
  const shown = Math.min(count, SIDE * SIDE);
  for (let cell = 0; cell < shown; cell++) {
    const image = Math.floor((cell * count) / shown);
    chosen.set(images.subarray(image * bytes, (image + 1) * bytes), cell * bytes);
  }
  return chosen;
}
