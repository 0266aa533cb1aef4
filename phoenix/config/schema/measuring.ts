/** What is measured, and who is removed by it. */
import { z } from 'zod';
import { choice, integer, list, number, positive } from './values.ts';

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

export const filtering = z
  .discriminatedUnion('rule', [
    z.strictObject({ rule: choice('lowest'), ...strikes }),
    z.strictObject({ rule: choice('threshold'), threshold: number(0, 1), ...strikes }),
    z.strictObject({ rule: choice('average'), ...strikes }),
  ])
  .transform((settings) =>
    settings.removal === 'temporary' ? { ...settings, skipRounds: settings.skipRounds ?? 1 } : settings,
  );

export const evaluation = z.strictObject({
  /** After which rounds the federation is measured. */
  rounds: choice('all', 'last').default('all'),
  samples: integer(20, 10_000).default(10_000),
  /** k of the nearest-neighbour manifolds of precision and recall. */
  neighbours: integer(1, 19).default(3),
  /**
   * What stands for the federation where layers are personal: samples of the clients' own models, or of one model with
   * the average of these layers, for which they leave their clients.
   */
  personal: choice('own', 'averaged').default('own'),
});

/** Networks that name the classes of samples: the extractor itself, or another one. */
const labels = { labels: choice('own', 'cifar-classifier', 'lanet').default('own') };

/** In whose features samples are measured. */
export const features = z.discriminatedUnion('kind', [
  /** The classifier of CIFAR-10 that comes with Phoenix. */
  z.strictObject({ kind: choice('cifar-classifier'), ...labels }),
  /** FID's Inception V3. Its own classes are ImageNet's, which say nothing of these images. */
  z.strictObject({
    kind: choice('inception-fid'),
    labels: choice('cifar-classifier', 'lanet').default('cifar-classifier'),
  }),
  /** A small classifier that is trained in the run itself: for other images than CIFAR-10's, or for speed. */
  z.strictObject({
    kind: choice('classifier'),
    ...labels,
    channels: list(integer(1, 512), 1, 4, 'channel numbers').default([16, 32, 64]),
    epochs: integer(1, 1000).default(3),
    /** Training images it sees, evenly over the classes; null: all. */
    images: integer(10, 10_000_000).nullable().default(null),
    learningRate: positive(1).default(1e-3),
    batchSize: integer(1, 4096).default(128),
    dimensions: integer(2, 2048).default(64),
  }),
]);

/** The default where the network that comes with Phoenix does not know the images. */
export const trainedFeatures = features.parse({ kind: 'classifier' });

export const checkpoint = z.strictObject({ seconds: positive(86_400).default(30) });
