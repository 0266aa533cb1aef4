/** Images, how they are divided, and which of them are shared. */
import { z } from 'zod';
import { choice, duration, integer, number, positive, unlessSaid } from './values.ts';

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

export const data = z
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
