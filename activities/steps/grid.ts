/** The 10 × 10 sample grid (paper, figure 6). */
import { evenly, loadSamples } from '../../phoenix/data/samples.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { sampleGrid } from '../../phoenix/report/grid.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

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
    // Black where there are fewer.
    const shown = new Uint8Array(SIDE * SIDE * imageSize * imageSize * 3);
    shown.set(evenly(await loadSamples(blobs, samples, imageSize), SIDE * SIDE));
    return blobs.put(await sampleGrid(shown, SIDE, SIDE, imageSize));
  });
}
