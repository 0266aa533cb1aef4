/** What the steps that measure depend on. It is known without the engine that they work with. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { Ref } from '../../phoenix/federation/records.ts';
import type { StepIdentity } from '../../phoenix/storage/steps.ts';
import type { FeatureNetworks, ImageSettings } from './settings.ts';

export interface MeasureRequest extends FeatureNetworks {
  readonly seed: number;
  /** Result of `referenceFeatures`. */
  readonly reference: Ref;
  /** Their union is measured. */
  readonly samples: readonly Ref[];
  /** k of the nearest-neighbour manifolds. */
  readonly neighbours: number;
  readonly checkpointSeconds: number;
}

export interface ReferenceFeaturesRequest extends ImageSettings, FeatureNetworks {
  readonly checkpointSeconds: number;
}

export const measureIdentity = ({
  seed,
  imageSize,
  extractor,
  labeller,
  neighbours,
  reference,
  samples,
}: MeasureRequest): StepIdentity => ({
  name: 'measure',
  version: 2,
  settings: { imageSize, extractor, labeller, neighbours },
  inputs: { reference, samples },
  seed: deriveSeed(seed, 'measure'),
});

export const referenceIdentity = ({
  source,
  imageSize,
  extractor,
  labeller,
}: ReferenceFeaturesRequest): StepIdentity => ({
  name: 'referenceFeatures',
  version: 2,
  settings: { source, imageSize, extractor, labeller },
  inputs: { weights: [extractor.weights, ...(labeller ? [labeller.weights] : [])] },
  seed: 0,
});
