/**
 * What an experiment is: every setting, its range and its default. This file and `schema/` are the only home of defaults, which are
 * the paper's where it gives them (paper §3.2, §4) and the readings of its open points elsewhere. Each value's
 * `allowed` text is what error messages print. A block that is switched off, or that a network has no use for, is
 * `null` in the resolved experiment; rules that span several settings are in `rules.ts`.
 */
import { z } from 'zod';
import type { DataSetName } from '../data/data-set.ts';
import type { PretrainedKind } from '../models/extractors.ts';
import type { Ref } from '../federation/records.ts';
import { data } from './schema/data.ts';
import { federation } from './schema/federation.ts';
import { checkpoint, evaluation, features, filtering } from './schema/measuring.ts';
import { dcgan, diffusion, init, notForDcgan, sampling, unet } from './schema/network.ts';
import { training } from './schema/training.ts';
import { integer } from './schema/values.ts';

export const DEFAULT_SEED = 2023;

/** @param network the blocks in which experiments with different networks differ */
const experiment = <Blocks extends z.ZodRawShape>(network: Blocks) =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .meta({ allowed: 'a to z, 0 to 9 and -, at most 40 characters' }),
    seed: integer(0, 2 ** 31 - 1).default(DEFAULT_SEED),
    data: data.prefault({}),
    ...network,
    federation: federation.prefault({}),
    filtering: filtering.nullable().default(null),
    evaluation: evaluation.prefault({}),
    features: features.prefault({ kind: 'cifar-classifier' }),
    /** How often open work is saved. It changes no result and is not part of the settings hash. */
    checkpoint: checkpoint.prefault({}),
  });

/** By `model.kind`. */
export const experimentSchemas = {
  unet: experiment({
    model: unet.prefault({}),
    diffusion: diffusion.prefault({}),
    /** Weights to start from; null: random ones. */
    init: init.nullable().default(null),
    training: training({ learningRate: 1e-4, epochs: 100 }),
    sampling: sampling.prefault({ method: 'ddim' }),
  }),
  dcgan: experiment({
    model: dcgan,
    diffusion: notForDcgan,
    init: notForDcgan,
    training: training({ learningRate: 2e-4, epochs: 50 }),
    sampling: notForDcgan,
  }),
};

type Network = keyof typeof experimentSchemas;

/** The schema that is in force for a plain value. A kind that there is not is the U-Net's to refuse. */
export function schemaFor(value: unknown): (typeof experimentSchemas)[Network] {
  const kind = (value as { model?: { kind?: unknown } | null } | null)?.model?.kind;
  return Object.hasOwn(experimentSchemas, String(kind))
    ? experimentSchemas[kind as Network]
    : experimentSchemas.unet;
}

/** A network whose weights are there before the run. */
export interface Pretrained<Kind extends PretrainedKind = PretrainedKind> {
  readonly kind: Kind;
  readonly weights: Ref;
}

/** As the settings say it. */
export type FeatureBlock = z.output<typeof features>;
type TrainedHere = Extract<FeatureBlock, { kind: 'classifier' }>;

/** With the weights that it names. */
export type Features = (TrainedHere | (Exclude<FeatureBlock, TrainedHere> & { readonly weights: Ref })) & {
  /** Of `labels`; null: the extractor names the classes itself. */
  readonly labeller: Pretrained<'cifar-classifier' | 'lanet'> | null;
};

/**
 * By `model.kind`, with every setting resolved: folders and networks that it names have become the weights and the images
 * in them.
 */
export type Experiments = {
  [N in Network]: Omit<z.output<(typeof experimentSchemas)[N]>, 'init' | 'data' | 'features'> & {
    readonly init: { readonly weights: Ref } | null;
    readonly data: Omit<z.output<typeof data>, 'source'> & { readonly source: DataSetName };
    readonly features: Features;
  };
};

export type Experiment = Experiments[Network];
