/** Features of one set of images, where it is no reference: what is measured, and what a network was trained on. */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { featuresThrough } from './features.ts';
import type { FeatureNetworks, ImageSettings } from './settings.ts';

export interface ImageFeaturesRequest extends ImageSettings, FeatureNetworks {
  /** Which of the images of `source`. */
  readonly set: 'train' | 'test';
  readonly checkpointSeconds: number;
}

/**
 * The tensors of `featuresThrough`, stored.
 *
 * @throws StepStopped, DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject
 */
export async function imageFeatures(
  context: EngineContext,
  request: ImageFeaturesRequest,
): Promise<Outcome<Ref>> {
  const { source, set, imageSize, extractor, labeller, checkpointSeconds } = request;
  const identity = {
    name: 'imageFeatures',
    version: 1,
    settings: { source, set, imageSize, extractor, labeller },
    inputs: { weights: [extractor.weights, ...(labeller ? [labeller.weights] : [])] },
    seed: 0,
  };
  return runStep<Ref>(context, identity, request, async (checkpoints) => {
    const sets = await context.data.images(source, imageSize);
    const work = { name: identity.name, checkpointSeconds };
    return context.blobs.putTensors(await featuresThrough(context, checkpoints, request, sets[set], work));
  });
}
