/** The image of another set that each image is nearest to, in the extractor's standard layer. */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { nearest, type Nearest } from '../../phoenix/metrics/neighbours.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { featureSet, stopIfAsked } from './features.ts';

export interface NearestImagesRequest {
  /** Results of `imageFeatures` or `referenceFeatures`, both through the same network. */
  readonly images: Ref;
  readonly among: Ref;
}

/**
 * What `loadNearest` reads, stored.
 *
 * @throws StepStopped, CorruptObject, MissingObject, RangeError
 */
export async function nearestImages(
  context: EngineContext,
  request: NearestImagesRequest,
): Promise<Outcome<Ref>> {
  const { images, among } = request;
  const identity = { name: 'nearestImages', version: 1, settings: {}, inputs: { images, among }, seed: 0 };
  return runStep<Ref>(context, identity, request, async () => {
    const layer = async (ref: Ref) => featureSet(await context.blobs.getTensors(ref)).standard;
    const [queries, references] = [await layer(images), await layer(among)];
    const found = await nearest(queries.values, references.values, queries.dimensions, (done, total) => {
      stopIfAsked(context, identity.name, done);
      context.progress({ done, total });
    });
    return context.blobs.putJson({ indices: [...found.indices], distances: [...found.distances] });
  });
}

/** @throws CorruptObject, MissingObject */
export async function loadNearest(blobs: Blobs, ref: Ref): Promise<Nearest> {
  const { indices, distances } = (await blobs.getJson(ref)) as Record<keyof Nearest, number[]>;
  return { indices: Int32Array.from(indices), distances: Float64Array.from(distances) };
}
