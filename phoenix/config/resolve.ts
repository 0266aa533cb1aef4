import type { z } from 'zod';
import type { ImageFolder } from '../data/data-set.ts';
import { extractors } from '../models/extractors.ts';
import { withoutWeights, withWeights, type FindWeights } from './feature-settings.ts';
import { explain, type Problem } from './explain.ts';
import { brokenRules } from './rules.ts';
import { type Experiment, type FeatureBlock, schemaFor } from './schema.ts';
import { trainedFeatures } from './schema/measuring.ts';

export type Resolution =
  { readonly experiment: Experiment } | { readonly problems: readonly [Problem, ...Problem[]] };

/** What the folders that an experiment names have become. */
export interface FoundFolders {
  /** Of `init.from`. */
  readonly init: Experiment['init'];
  /** Of `data.source.folder`; null: CIFAR-10. */
  readonly images: ImageFolder | null;
  /** Of a network that metrics look through; null: this machine has none. */
  readonly weights: FindWeights;
}

/**
 * The experiment that a plain value (as YAML gives it) describes, with every default filled in, or else all that is
 * wrong with it: unknown keys first, since a misspelt key also looks like a missing one.
 */
export function resolveExperiment(value: unknown, { init, images, weights }: FoundFolders): Resolution {
  const schema = schemaFor(value);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .toSorted((a, b) => rank(a.code) - rank(b.code))
      .flatMap((issue) => explain(schema, value, issue));
    return { problems: problems as [Problem, ...Problem[]] };
  }
  const settings = withItsOwnLength(parsed.data, value);
  const data = { ...settings.data, source: images ?? ('cifar10' as const) };
  const block = featuresOf(settings, value, images !== null);
  const features = withWeights(block, data.imageSize, weights);
  if ('problem' in features) return { problems: [features.problem] };
  const experiment: Experiment = { ...settings, data, init, features: features.found };
  const [first, ...others] = brokenRules(experiment);
  return first ? { problems: [first, ...others] } : { experiment };
}

/** What an experiment can be resolved from again, with something changed. */
export function unresolved({ init, ...settings }: Experiment): { value: object; folders: FoundFolders } {
  const { source, ...data } = settings.data;
  const { features, weights } = withoutWeights(settings.features);
  return {
    value: { ...settings, data, features },
    folders: { init, images: source === 'cifar10' ? null : source, weights },
  };
}

type Parsed = z.output<ReturnType<typeof schemaFor>>;
type Settings = Omit<Experiment, 'init' | 'data' | 'features'>;

/** A client of FedSGD takes one step, so that there is no default: `rules.ts` refuses what the value itself asks for. */
function withItsOwnLength<S extends Settings>(settings: S, value: unknown): S {
  if (settings.federation.strategy.kind !== 'fedsgd') return settings;
  const { epochs = null, steps = null } =
    (value as { training?: Partial<Settings['training']> }).training ?? {};
  return { ...settings, training: { ...settings.training, epochs, steps } };
}

/** Unless something is said: a network that knows the images, or one that the run trains. */
function featuresOf({ features, data }: Parsed, value: unknown, isFolder: boolean): FeatureBlock {
  if ((value as { features?: unknown }).features !== undefined) return features;
  const known = !isFolder && extractors['cifar-classifier'].imageSizes!.includes(data.imageSize);
  return known ? features : trainedFeatures;
}

const rank = (code: string) => (code === 'unrecognized_keys' ? 0 : 1);
