/** Which networks `phoenix metrics` looks through, at which size of the images, and what has to be said about that. */
import type { FeatureNetworks } from '../activities/steps/settings.ts';
import { readWeights } from '../phoenix/config/feature-weights.ts';
import type { Pretrained } from '../phoenix/config/schema.ts';
import { commonSize, type SizeLimit } from '../phoenix/data/common-size.ts';
import { extractors, type PretrainedKind } from '../phoenix/models/extractors.ts';
import { BadInput } from './errors.ts';
import type { MetricsEngine } from './metrics-engine.ts';
import { cifar10, type Images } from './metrics-images.ts';
import type { MeasuredRun } from './metrics-run.ts';

export interface NetworkOptions {
  readonly extractor?: 'cifar-classifier' | 'inception-fid';
  readonly labels?: 'own' | 'cifar-classifier' | 'lanet';
}

export interface Networks {
  readonly features: FeatureNetworks;
  /** What names the classes, where that is a network for images of another size; null: `features` does. */
  readonly labels: FeatureNetworks | null;
  readonly labeller: string;
  /** Names of the classes. */
  readonly classes: readonly string[];
}

type Namer = Exclude<NetworkOptions['labels'], undefined | 'own'>;

const LABEL_SIZES: Readonly<Record<Namer, readonly number[]>> = {
  'cifar-classifier': extractors['cifar-classifier'].imageSizes!,
  lanet: [32],
};

/**
 * A run's own networks unless others are asked for, and the classifier that comes with Phoenix for a folder. All images are brought to the
 * largest size that both sets have, that the network takes, and at which none must be enlarged.
 *
 * @throws BadInput
 */
export async function chooseNetworks(
  engine: MetricsEngine,
  images: readonly Images[],
  options: NetworkOptions,
  run: MeasuredRun | null,
): Promise<Networks> {
  const extractor = options.extractor ?? (run ? null : 'cifar-classifier');
  if (run && extractor === null && options.labels === undefined) {
    sizeFor(run.networks.extractor.kind, images, [run.networks.imageSize]);
    const { kind } = run.networks.labeller ?? run.networks.extractor;
    return { features: run.networks, labels: null, labeller: kind, classes: run.classes };
  }
  const own = extractor === null ? run!.networks : null;
  const kind = extractor ?? own!.extractor.kind;
  const named = options.labels ?? (kind === 'inception-fid' ? 'cifar-classifier' : 'own');
  if (named === 'own' && kind === 'inception-fid')
    throw new BadInput(
      'inception-fid knows no class of CIFAR-10: --labels names one that does, cifar-classifier or lanet',
    );
  const imageSize = sizeFor(kind, images, own ? [own.imageSize] : extractors[kind].imageSizes);
  const features: FeatureNetworks = {
    imageSize,
    extractor: own?.extractor ?? (await weightsOf(engine, extractor!, imageSize)),
    labeller: null,
  };
  if (named === 'own' || named === kind) {
    const classes = kind === 'classifier' ? run!.classes : cifar10.classes!;
    return { features, labels: null, labeller: kind, classes };
  }
  const sizes = LABEL_SIZES[named];
  const shared = { labeller: named, classes: cifar10.classes! };
  if (sizes.includes(imageSize)) {
    const labeller = await weightsOf(engine, named, imageSize);
    return { features: { ...features, labeller }, labels: null, ...shared };
  }
  const size = sizeFor(named, images, sizes);
  return {
    features,
    labels: {
      imageSize: size,
      extractor: await weightsOf(engine, 'cifar-classifier', size),
      labeller: named === 'lanet' ? await weightsOf(engine, named, size) : null,
    },
    ...shared,
  };
}

function sizeFor(kind: string, images: readonly Images[], only: readonly number[] | null): number {
  const size = commonSize([
    ...images.map(({ sides }) => sides),
    { most: Infinity, only } satisfies SizeLimit,
  ]);
  if (size !== null) return size;
  const all = images.map(({ name, sides }) => `${name} has ${sides.most}`).join(', ');
  throw new BadInput(`${kind} is for images of ${only!.join(' or ')} pixels: ${all}`);
}

async function weightsOf<Kind extends PretrainedKind>(
  engine: MetricsEngine,
  kind: Kind,
  size: number,
): Promise<Pretrained<Kind>> {
  const bytes = readWeights(kind, size);
  if (!bytes) {
    const name = kind === 'lanet' ? 'lanet' : 'inception';
    throw new BadInput(
      `the weights of ${kind} are not on this machine; \`npx phoenix weights add ${name} FILE|URL\` adds them`,
    );
  }
  return { kind, weights: await engine.blobs.put(bytes) };
}
