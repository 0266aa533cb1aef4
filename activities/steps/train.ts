/** Local training of the diffusion model, by one client or, as warm-up, by the server (paper §3.2.1, §4.2). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { imagesAt } from '../../phoenix/data/image-set.ts';
import { withNoise } from '../../phoenix/data/noise.ts';
import type { ModelRef, Outcome, Ref, TrainingRecord } from '../../phoenix/federation/records.ts';
import { learningRateAt } from '../../phoenix/models/learning-rate.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { loadModel, storeModel } from './models.ts';
import { imagesOf } from './partition.ts';
import type { DiffusionSettings, ImageSettings, PersonalizationRule, TrainingSettings } from './settings.ts';
import {
  lossEnds,
  meanLossReached,
  trainingSteps,
  trainThrough,
  type TrainingLength,
} from './training-loop.ts';

export interface TrainRequest {
  readonly seed: number;
  readonly source: ImageSettings['source'];
  readonly network: DiffusionSettings;
  readonly training: TrainingSettings;
  readonly personalization: PersonalizationRule;
  readonly partition: Ref;
  /** Null: the warm-up on the globally shared images. */
  readonly client: number | null;
  /** From 1; of the warm-up the part, from 0. */
  readonly round: number;
  readonly incoming: ModelRef;
  readonly checkpointSeconds: number;
  /** Ends early, once the mean loss of so many epochs or steps, counted as `training` is, is the target or less. */
  readonly untilLoss?: { readonly target: number; readonly every: number } | null;
}

/** @throws StepStopped, TrainingDiverged, DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject */
export async function train(context: EngineContext, request: TrainRequest): Promise<Outcome<TrainingRecord>> {
  const { blobs } = context;
  const { network, personalization, client, round, incoming } = request;
  const { learningRate, schedule, batchSize, flip, crop, clipNorm, precision } = request.training;
  const rate = { learningRate, schedule };
  const training = { batchSize, flip, crop, clipNorm, precision };
  const { own, shared, noise } = await imagesOf(blobs, request.partition, client);
  const indices = Int32Array.from([...own, ...shared]);
  const steps = trainingSteps(request.training, indices.length, batchSize);
  const until = request.untilLoss && {
    target: request.untilLoss.target,
    steps: trainingSteps(inUnitOf(request.training, request.untilLoss.every), indices.length, batchSize),
  };
  // The same in every round: it is how the client sees its images.
  const noisy = noise > 0 && {
    deviation: noise,
    images: own.length,
    seed: deriveSeed(request.seed, 'noise', client ?? 'server'),
  };
  const identity = {
    name: 'train',
    version: 2,
    settings: {
      source: request.source,
      network,
      ...rate,
      ...training,
      steps,
      personalization,
      ...(until && { until }),
    },
    // The images themselves, not the whole partition: runs that share some clients' images share their training.
    inputs: {
      images: sha256Hex(bytesOf(indices)),
      base: incoming.base,
      personal: incoming.personal,
      ...(noisy && { noise: noisy }),
    },
    seed:
      client === null
        ? deriveSeed(request.seed, 'warm-up', ...(round === 0 ? [] : [round]))
        : deriveSeed(request.seed, 'train', round, client),
  };
  return runStep<TrainingRecord>(context, identity, request, async (checkpoints) => {
    const trainer = await context.engine.trainer({ ...network, training });
    const images = imagesAt((await context.data.images(request.source, network.imageSize)).train, indices);
    if (noisy) {
      const seen = images.subarray(0, own.length * network.imageSize ** 2 * 3);
      seen.set(withNoise(seen, noise, noisy.seed));
    }
    trainer.setImages(images);
    const losses = await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: () => loadModel(blobs, incoming),
      examples: indices.length,
      batchSize,
      steps,
      learningRate: (step) => learningRateAt(step, steps, rate),
      seed: identity.seed,
      checkpointSeconds: request.checkpointSeconds,
      ...(until && { isDone: meanLossReached(until) }),
    });
    return {
      model: await storeModel(blobs, trainer.weights(), personalization),
      examples: indices.length,
      steps: losses.length,
      ...lossEnds(losses),
      ...(until && { reached: meanLossReached(until)(losses) }),
    };
  });
}

/** So many epochs or steps, whichever the training is counted in. */
const inUnitOf = ({ epochs }: TrainingSettings, count: number): TrainingLength =>
  epochs === null ? { epochs, steps: count } : { epochs: count, steps: null };

const bytesOf = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
