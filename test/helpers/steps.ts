/** What step bodies need, for tests: a store in memory, a few hundred real images, an engine without tfjs. */
import type { EngineContext, Progress } from '../../activities/steps/context.ts';
import type { PublishContext } from '../../activities/steps/publish.ts';
import type { ClassifierSettings, NetworkSettings } from '../../activities/steps/settings.ts';
import type { Experiments } from '../../phoenix/config/schema.ts';
import { areaAverage } from '../../phoenix/data/resize.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { Blobs } from '../../phoenix/storage/blobs.ts';
import type { Owner } from '../../phoenix/storage/claim.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import { drawSeed } from '../../phoenix/storage/noise-seeds.ts';
import type { Objects } from '../../phoenix/storage/object-store.ts';
import { RunStore } from '../../phoenix/storage/runs.ts';
import { StepMemo, type StepSite } from '../../phoenix/storage/steps.ts';
import { SweepStore } from '../../phoenix/storage/sweeps.ts';
import { cifar10Fixture } from './cifar10-fixture.ts';
import { fakeEngine } from './fake-engine.ts';
import { MemoryStore } from './memory-store.ts';

const fixture = cifar10Fixture();

export const ownerNamed = (workflow: string, attempt = 1): Owner => ({
  workflow,
  execution: 'only',
  activity: '1',
  attempt,
});

/** Steps are computed here, in the name of `workflow`. */
export const stepSite = (store: Objects, workflow = 'run-1', attempt = 1): StepSite => ({
  memo: new StepMemo(store),
  owner: ownerNamed(workflow, attempt),
  fingerprint: plainFingerprint(),
});

export interface TestContext extends EngineContext, PublishContext {
  readonly store: MemoryStore;
  readonly seen: Progress[];
}

/** `stopAfter`: a stop is requested once that many progress messages have come. */
export function stepContext({
  store = new MemoryStore(),
  stopAfter = Infinity,
  engine = fakeEngine(),
} = {}): TestContext {
  const seen: Progress[] = [];
  return {
    store,
    seen,
    engine,
    blobs: new Blobs(store),
    ...stepSite(store),
    runs: new RunStore(store),
    sweeps: new SweepStore(store),
    noiseSeed: (step) => drawSeed(store, step),
    data: {
      labels: () => fixture.train.labels,
      images: async (_, size) => ({
        train: areaAverage(fixture.train, size),
        test: areaAverage(fixture.test, size),
      }),
    },
    progress: (progress) => seen.push(progress),
    stopRequested: () => seen.length >= stopAfter,
  };
}

/** A step as most tests want it: for its result alone. */
export const resultOf =
  <Context, Request, R>(step: (context: Context, request: Request) => Promise<Outcome<R>>) =>
  async (context: Context, request: Request): Promise<R> =>
    (await step(context, request)).result;

/** A data section whose parts fit the 400 training images of the fixture. */
export const smallData = {
  source: 'cifar10',
  imageSize: 8,
  clients: 3,
  partition: { kind: 'classes', classesPerClient: 2 },
  sharing: {
    serverImages: 100,
    beta: 20,
    alpha: 50,
    subset: 'perClient',
    warmup: { epochs: 1, steps: null, until: null },
  },
} as const;

export const smallNetwork: Pick<Experiments['unet'], 'model' | 'diffusion'> & { imageSize: number } = {
  imageSize: 8,
  model: {
    kind: 'unet',
    channels: [4, 8],
    layersPerBlock: 1,
    attention: [false, true],
    groups: 2,
    headChannels: null,
    normEpsilon: 1e-6,
    frequencyShift: 1,
    cosineFirst: false,
    downsamplePadding: 0,
  },
  diffusion: { steps: 10, schedule: 'cosine', betaStart: 1e-4, betaEnd: 0.02 },
};

export const smallDcgan: NetworkSettings = {
  imageSize: 32,
  model: { kind: 'dcgan', latents: 4, generatorChannels: 1, discriminatorChannels: 1 },
  diffusion: null,
};

/** As a run is told of its classifier once it is trained. */
export const smallNetworks = (weights: Ref, imageSize = 8) => ({
  imageSize,
  extractor: { kind: 'classifier' as const, channels: [4], dimensions: 6, weights },
  labeller: null,
  checkpointSeconds: 60,
});

export const smallFeatures: ClassifierSettings = {
  kind: 'classifier',
  channels: [4],
  epochs: 1,
  images: 100,
  learningRate: 0.001,
  batchSize: 20,
  dimensions: 6,
};
