/**
 * What an experiment is: every setting, its range and its default. This file is the only home of defaults, which are
 * the paper's where it gives them (paper §3.2, §4) and the readings of its open points elsewhere. Each value's
 * `allowed` text is what error messages print. A block that is switched off, or that a network has no use for, is
 * `null` in the resolved experiment; rules that span several settings are in `rules.ts`.
 */
import { z } from 'zod';
import type { DataSetName } from '../data/data-set.ts';
import type { Ref } from '../federation/records.ts';

const integer = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ allowed: `whole numbers from ${min} to ${max}` });

const number = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .meta({ allowed: `${min} to ${max}` });

const positive = (max: number) =>
  z
    .number()
    .gt(0)
    .max(max)
    .meta({ allowed: `above 0, at most ${max}` });

const choice = <const T extends string | number>(...values: T[]) =>
  z.literal(values).meta({ allowed: values.join(', ') });

const boolean = () => z.boolean().meta({ allowed: 'true, false' });

const list = <T extends z.ZodType>(item: T, min: number, max: number, items: string) =>
  z
    .array(item)
    .min(min)
    .max(max)
    .meta({ allowed: `a list of ${min} to ${max} ${items}` });

/** How long a network is trained: passes over its images, or optimiser steps; one of the two is null (`rules.ts`). */
const duration = {
  epochs: integer(1, 100_000).nullable().default(null),
  steps: integer(1, 10_000_000).nullable().default(null),
};

/** So many epochs unless something else is said. */
const unlessSaid =
  (epochs: number) =>
  <T extends { epochs: number | null; steps: number | null }>(settings: T): T =>
    settings.epochs === null && settings.steps === null ? { ...settings, epochs } : settings;

/** When the warm-up is looked at: after each so many epochs, or steps where it is counted in steps. */
const every = integer(1, 10_000_000).default(10);

/** Images that are generated to look at it. */
const looks = { every, samples: integer(20, 10_000).default(1000) };

/** What ends the warm-up before its time (paper §3.2.1: until it reaches the desired quality). */
const until = z.discriminatedUnion('metric', [
  /** The mean loss since the last look is this or less. */
  z.strictObject({ metric: choice('loss'), target: positive(1000), every }),
  /** The FID is this or less. The optimiser starts afresh after each look, as it does in every round. */
  z.strictObject({ metric: choice('fid'), target: positive(1_000_000), ...looks }),
  /** It is this or more. */
  z.strictObject({ metric: choice('precision', 'recall'), target: number(0, 1), ...looks }),
]);

const sharing = z.strictObject({
  /** |S|: images held by the server, evenly over the classes; the clients have all others (C). */
  serverImages: integer(1, 10_000_000).default(10_000),
  /** |G| / |C| in %: the part of S that is shared. */
  beta: positive(100),
  /** % of G that is merged into every client's images. */
  alpha: number(0, 100),
  /** Whether each client gets a part of G of its own, or all get the same. */
  subset: choice('perClient', 'sameSubset').default('perClient'),
  /** Training on G before the first round; `until` may end it earlier. */
  warmup: z
    .strictObject({ ...duration, until: until.nullable().default(null) })
    .transform(unlessSaid(100))
    .prefault({}),
});

/** Of Dirichlet partitions: what Li et al. 2022 use. */
const dirichlet = {
  concentration: number(0.01, 1_000_000).default(0.5),
  /** Of every client. */
  minimumImages: integer(1, 1_000_000).default(10),
};

const partition = z.discriminatedUnion('kind', [
  /** k classes each. */
  z.strictObject({ kind: choice('classes'), classesPerClient: integer(1, 256).default(2) }),
  z.strictObject({ kind: choice('iid') }),
  /** No federation: a single participant has all images. */
  z.strictObject({ kind: choice('centralized') }),
  /** Every class is divided in random shares. */
  z.strictObject({ kind: choice('dirichlet'), ...dirichlet }),
  /** IID, in parts of random sizes. */
  z.strictObject({ kind: choice('quantity'), ...dirichlet }),
  /** IID, with Gaussian noise that grows from client to client up to this deviation, as a fraction of white. */
  z.strictObject({ kind: choice('feature'), noise: positive(1).default(0.1) }),
]);

const folder = z.strictObject({
  /** Relative to the experiment's file, with train/CLASS/FILE and test/CLASS/FILE in PNG or JPEG. */
  folder: z.string().min(1).meta({ allowed: 'a folder' }),
});

const data = z
  .strictObject({
    source: z
      .union([choice('cifar10'), folder])
      .meta({ allowed: 'cifar10, or a block with folder' })
      .default('cifar10'),
    /** Side of the square images in pixels; below 32 those of CIFAR-10 are area-averaged. */
    imageSize: choice(8, 16, 32).default(32),
    /** 10, but 1 where training is centralized. */
    clients: integer(1, 1000).optional(),
    partition: partition.prefault({ kind: 'classes' }),
    sharing: sharing.nullable().default(null),
  })
  .transform(({ clients, ...settings }) => ({
    ...settings,
    clients: clients ?? (settings.partition.kind === 'centralized' ? 1 : 10),
  }));

const kind = <const K extends 'unet' | 'dcgan'>(own: K) => z.literal(own).meta({ allowed: 'unet, dcgan' });

/** The U-Net: the defaults are the DDPM CIFAR-10 network with 35,746,307 parameters (paper §4.2). */
const unet = z.strictObject({
  kind: kind('unet').default('unet'),
  /** Channels of each resolution level, from the full image size down, each level half as large as the one before. */
  channels: list(integer(1, 1024), 1, 6, 'channel numbers').default([128, 256, 256, 256]),
  layersPerBlock: integer(1, 4).default(2),
  /** Whether a level has self-attention. */
  attention: list(boolean(), 1, 6, 'true or false').default([false, true, false, false]),
  /** Channels of one attention head; null: a single head of all channels. */
  headChannels: integer(1, 1024).nullable().default(null),
  /** Groups of each group normalisation. */
  groups: integer(1, 256).default(32),
  /** Added to the variance in group normalisation. */
  normEpsilon: positive(1).default(1e-6),
  /** Time frequencies fall from 1 to 10000^−(h−1)/(h−shift), h = half the channels of the first level. */
  frequencyShift: number(0, 1).default(1),
  /** Order of the time embedding's halves: sine first, or cosine first. */
  cosineFirst: boolean().default(false),
  /** Zeros around a level before it is halved: 0 pads one row below and one column right, 1 pads all sides. */
  downsamplePadding: choice(0, 1).default(0),
});

/** The DCGAN: the defaults are the baseline with 3,573,824 + 2,759,424 parameters (paper §4.1). */
const dcgan = z.strictObject({
  kind: kind('dcgan'),
  /** Length of the noise vector that an image is made from. */
  latents: integer(1, 1024).default(100),
  /** Channels of the generator's last hidden layer, the one with the full resolution. */
  generatorChannels: integer(1, 512).default(64),
  /** Channels of the discriminator's first layer. */
  discriminatorChannels: integer(1, 512).default(64),
});

/** A block that only the U-Net has. */
const notForDcgan = z.literal(null).meta({ allowed: 'nothing with model.kind dcgan' }).default(null);

const diffusion = z.strictObject({
  /** T. */
  steps: integer(2, 4000).default(1000),
  schedule: choice('linear', 'cosine', 'constant').default('cosine'),
  /** β of the first and the last timestep; `constant` is their mean, and `cosine` has its own and ignores them. */
  betaStart: positive(0.999).default(1e-4),
  betaEnd: positive(0.999).default(0.02),
});

const init = z.strictObject({
  /** Folder of a trained U-Net in diffusers' format, relative to the experiment's file. */
  from: z.string().min(1).meta({ allowed: 'a folder' }),
});

/** Of the learning rate, over the steps of one training. */
const schedule = z.strictObject({
  /** After the warm-up: constant, or falling to 0 along a line or half a cosine. */
  kind: choice('constant', 'linear', 'cosine').default('constant'),
  /** First steps, in which the rate rises from 0. */
  warmupSteps: integer(0, 10_000_000).default(0),
});

/** Of a client in one round, with the defaults of its network (paper §4.1, §4.2). */
const training = (defaults: { readonly learningRate: number; readonly epochs: number }) =>
  z
    .strictObject({
      learningRate: positive(1).default(defaults.learningRate),
      schedule: schedule.prefault({}),
      /** The learning rate of round r is this to the power r − 1 times as large; the warm-up has the full one. */
      roundDecay: positive(1).default(1),
      batchSize: integer(1, 4096).default(128),
      ...duration,
      /** Longer gradients, as one vector of all parameters, are scaled to this length; null: they are left alone. */
      clipNorm: positive(1_000_000).nullable().default(null),
      /** Random horizontal flips. */
      flip: boolean().default(true),
      /** Random crops: each image is moved by up to so many pixels in both directions, over black. */
      crop: integer(0, 16).default(0),
      /** bfloat16: operands of convolutions and dense layers are rounded to it, for GPUs from Ampere on. */
      precision: choice('float32', 'bfloat16').default('float32'),
    })
    .transform(unlessSaid(defaults.epochs))
    .prefault({});

/** Of the server's step: η. */
const serverLearningRate = (rate: number) => positive(100).default(rate);

/** Of a server that keeps moments: β₁, β₂ and τ. */
const tau = positive(1).default(1e-3);
const moments = { beta1: number(0, 0.9999).default(0.9), beta2: number(0, 0.9999).default(0.99), tau };

/** Clients that may send anything at all: f. */
const malicious = integer(0, 1000).default(0);

/** How clients' models become the next global one: `phoenix/federation/strategies` says when to choose which. */
const strategy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: choice('fedavg') }),
  z.strictObject({ kind: choice('fedsgd') }),
  /** μ of the proximal term in the clients' loss. */
  z.strictObject({ kind: choice('fedprox'), mu: positive(1000).default(0.01) }),
  z.strictObject({
    kind: choice('fedavgm'),
    serverLearningRate: serverLearningRate(1),
    momentum: number(0, 0.9999).default(0.9),
  }),
  z.strictObject({ kind: choice('fedadam'), serverLearningRate: serverLearningRate(0.1), ...moments }),
  z.strictObject({ kind: choice('fedyogi'), serverLearningRate: serverLearningRate(0.01), ...moments }),
  z.strictObject({ kind: choice('fedadagrad'), serverLearningRate: serverLearningRate(0.1), tau }),
  z.strictObject({
    kind: choice('qfedavg'),
    q: number(0, 10).default(0.2),
    /** L: 1 / learning rate of gradient descent is the usual estimate. */
    lipschitz: positive(1_000_000).default(10),
  }),
  z.strictObject({ kind: choice('median') }),
  /** β: share of the clients that is left out at either end. */
  z.strictObject({ kind: choice('trimmedMean'), share: positive(0.49).default(0.2) }),
  z.strictObject({ kind: choice('krum'), malicious }),
  /** `select`: m, the number of models that are averaged. */
  z.strictObject({ kind: choice('multiKrum'), malicious, select: integer(1, 1000) }),
]);

/** What stays with its client and is never averaged (paper §3.2.2). A list names parameters; `*` is anything. */
const personalization = z
  .union([choice('none', 'lastDecoderBlock'), list(z.string().min(1), 1, 100, 'parameter names')])
  .meta({ allowed: 'none, lastDecoderBlock, a list of parameter names such as up_blocks.1.*' });

/** Differential privacy of clients: `docs/privacy.md` says what it protects. */
const privacy = z.strictObject({
  /** C: l2 norm over all tensors to which a longer update of a client is scaled down. */
  clip: positive(1_000_000),
  /** z: standard deviation of the noise, as a multiple of what one client can change of the average; 0: no noise. */
  noiseMultiplier: number(0, 1_000_000),
  /** δ: probability with which ε need not hold. */
  delta: z.number().gt(0).lt(1).meta({ allowed: 'above 0, below 1' }).default(1e-5),
});

/** Who trains in a round, and how long the round waits for them. */
const participation = z.strictObject({
  /** Share of the active clients that is drawn for each round, rounded down. */
  fraction: positive(1).default(1),
  /** At least so many of them. */
  minimum: integer(1, 1000).default(1),
  /** Seconds that a client has for its training, from when a worker takes it; null: as long as it takes. */
  deadline: positive(1_000_000).nullable().default(null),
  /** Results a round needs: where fewer clients make the deadline, those that are furthest go on without one. */
  minimumResults: integer(1, 1000).default(1),
});

const federation = z.strictObject({
  rounds: integer(1, 1000).default(10),
  strategy: strategy.prefault({ kind: 'fedavg' }),
  personalization: personalization.default('none'),
  privacy: privacy.nullable().default(null),
  participation: participation.prefault({}),
  /** Moving average of the global weights over the rounds, for metrics, samples and export; null: none is kept. */
  ema: z
    .strictObject({ decay: number(0, 1).default(0.9) })
    .nullable()
    .default(null),
});

/** Whether the image that a step predicts is clipped to [−1, 1]. */
const clip = boolean().default(true);

const sampling = z.discriminatedUnion('method', [
  z.strictObject({
    method: choice('ddim'),
    steps: integer(1, 4000).default(100),
    /** Which timesteps: counted from the first, from the last, or spread evenly over both (diffusers' names). */
    spacing: choice('leading', 'trailing', 'linspace').default('leading'),
    /** η: 0 draws no noise after the first, 1 as much as ancestral sampling. */
    eta: number(0, 1).default(0),
    clip,
  }),
  z.strictObject({
    method: choice('ancestral'),
    /** null: all T. */
    steps: integer(1, 4000).nullable().default(null),
    /** Of the noise in a step: β̃_t, or the larger β_t. */
    variance: choice('fixedSmall', 'fixedLarge').default('fixedSmall'),
    clip,
  }),
]);

/** What every rule of filtering has in common (paper §3.2.2, §4.2.2). */
const strikes = {
  /** both: poor is who is poor by the one and by the other; the lowest client has the lowest mean of the two. */
  metric: choice('precision', 'recall', 'both').default('precision'),
  /** Consecutive poor rounds that remove a client. */
  strikes: integer(1, 1000).default(2),
  /** First round, from 1, whose metrics count. */
  startRound: integer(1, 1000).default(5),
  minimumClients: integer(1, 1000).default(1),
  /** For good, or for some rounds, after which a client is back with a clean sheet. */
  removal: choice('permanent', 'temporary').default('permanent'),
  /** Rounds without a client that is removed temporarily: 1 unless something else is said. */
  skipRounds: integer(1, 1000).nullable().default(null),
  /** Images that each client generates for its own metrics. */
  samples: integer(20, 10_000).default(1000),
};

const filtering = z
  .discriminatedUnion('rule', [
    z.strictObject({ rule: choice('lowest'), ...strikes }),
    z.strictObject({ rule: choice('threshold'), threshold: number(0, 1), ...strikes }),
    z.strictObject({ rule: choice('average'), ...strikes }),
  ])
  .transform((settings) =>
    settings.removal === 'temporary' ? { ...settings, skipRounds: settings.skipRounds ?? 1 } : settings,
  );

const evaluation = z.strictObject({
  samples: integer(20, 10_000).default(10_000),
  /** k of the nearest-neighbour manifolds of precision and recall. */
  neighbours: integer(1, 19).default(3),
  /**
   * What stands for the federation where layers are personal: samples of the clients' own models, or of one model with
   * the average of these layers, for which they leave their clients.
   */
  personal: choice('own', 'averaged').default('own'),
});

/** The classifier whose last hidden layer gives the features of every metric; it is trained in the run itself. */
const features = z.strictObject({
  kind: choice('classifier').default('classifier'),
  channels: list(integer(1, 512), 1, 4, 'channel numbers').default([16, 32, 64]),
  epochs: integer(1, 1000).default(3),
  /** Training images it sees, evenly over the classes; null: all. */
  images: integer(10, 10_000_000).nullable().default(null),
  learningRate: positive(1).default(1e-3),
  batchSize: integer(1, 4096).default(128),
  dimensions: integer(2, 2048).default(64),
});

const checkpoint = z.strictObject({ seconds: positive(86_400).default(30) });

/** @param network the blocks in which experiments with different networks differ */
const experiment = <Blocks extends z.ZodRawShape>(network: Blocks) =>
  z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .meta({ allowed: 'a to z, 0 to 9 and -, at most 40 characters' }),
    seed: integer(0, 2 ** 31 - 1).default(2023),
    data: data.prefault({}),
    ...network,
    federation: federation.prefault({}),
    filtering: filtering.nullable().default(null),
    evaluation: evaluation.prefault({}),
    features: features.prefault({}),
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

/** By `model.kind`, with every setting resolved: folders that it names have become the weights and the images in them. */
export type Experiments = {
  [N in Network]: Omit<z.output<(typeof experimentSchemas)[N]>, 'init' | 'data'> & {
    readonly init: { readonly weights: Ref } | null;
    readonly data: Omit<z.output<typeof data>, 'source'> & { readonly source: DataSetName };
  };
};

export type Experiment = Experiments[Network];
