/** Features of the sets of images that `phoenix metrics` looks at, as steps compute and remember them. */
import type { FeatureNetworks } from '../activities/steps/settings.ts';
import type { Ref } from '../phoenix/federation/records.ts';
import { whole } from '../phoenix/report/format.ts';
import type { MetricsEngine } from './metrics-engine.ts';
import { cifar10, type Images } from './metrics-images.ts';

const CHECKPOINT_SECONDS = 30;

/** @param set the images that are measured, or those that were trained on */
export async function featuresOf(
  engine: MetricsEngine,
  images: Images,
  networks: FeatureNetworks,
  set: 'train' | 'test' = 'test',
): Promise<Ref> {
  const source = await images.source(networks.imageSize);
  const what = set === 'train' ? trainingName(images) : images.name;
  return engine.run(
    'imageFeatures',
    { ...networks, source, set, checkpointSeconds: CHECKPOINT_SECONDS },
    `features of ${what} through ${networks.extractor.kind}`,
  );
}

/** With what others are compared with: the same, their classes, and the Gaussians of the layers. */
export async function realFeatures(
  engine: MetricsEngine,
  images: Images,
  networks: FeatureNetworks,
): Promise<Ref> {
  const source = await images.source(networks.imageSize);
  return engine.run(
    'referenceFeatures',
    { ...networks, source, checkpointSeconds: CHECKPOINT_SECONDS },
    `features of ${images.name} through ${networks.extractor.kind}`,
  );
}

export const trainingName = ({ name, training }: Images): string =>
  name === cifar10.name
    ? `CIFAR-10's ${whole(training)} training images`
    : `${whole(training)} training images`;
