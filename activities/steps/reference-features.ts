/** Features of all real test images: what every set of samples is measured against. */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { extractFeatures, loadExtractor } from './features.ts';
import type { FeatureSettings, ImageSettings } from './settings.ts';

export interface ReferenceFeaturesRequest extends ImageSettings {
  readonly features: FeatureSettings;
  /** Weights whose features are taken. */
  readonly classifier: Ref;
}

/**
 * Safetensors with `features`, float32 [n, dimensions], and `labels`, uint8 [n], in the order of the test set.
 *
 * @throws StepStopped, DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject
 */
export async function referenceFeatures(
  context: EngineContext,
  request: ReferenceFeaturesRequest,
): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { source, imageSize, features } = request;
  const identity = {
    name: 'referenceFeatures',
    version: 1,
    settings: { source, imageSize, channels: features.channels, dimensions: features.dimensions },
    inputs: { classifier: request.classifier },
    seed: 0,
  };
  return runStep<Ref>(context, identity, request, async () => {
    const { test } = await context.data.images(source, imageSize);
    const extractor = await loadExtractor(context, { imageSize, features }, request.classifier);
    const extracted = await extractFeatures(context, extractor, identity.name, test);
    return blobs.putTensors(
      new Map([
        ['features', { shape: [test.count, features.dimensions], data: extracted.features }],
        ['labels', { shape: [test.count], data: test.labels }],
      ]),
    );
  });
}
