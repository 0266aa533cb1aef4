/** Local training of the diffusion model, by one client or, as warm-up, by the server (paper §3.2.1, §4.2). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { ModelRef, Outcome, Ref, TrainingRecord } from '../../phoenix/federation/records.ts';
import { learningRateAt } from '../../phoenix/models/learning-rate.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { loadModel, storeModel } from './models.ts';
import type { DiffusionSettings, ImageSettings, PersonalizationRule, TrainingSettings } from './settings.ts';
import {
  lossEnds,
  meanLossReached,
  trainingSteps,
  trainThrough,
  type TrainingLength,
} from './training-loop.ts';
import { inputsOf, pixelsOf, trainingSet } from './training-set.ts';

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
  const images = await trainingSet(context, request.partition, client, request.seed);
  const examples = images.indices.length;
  const steps = trainingSteps(request.training, examples, batchSize);
  const until = request.untilLoss && {
    target: request.untilLoss.target,
    steps: trainingSteps(inUnitOf(request.training, request.untilLoss.every), examples, batchSize),
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
    inputs: { ...inputsOf(images), base: incoming.base, personal: incoming.personal },
    seed:
      client === null
        ? deriveSeed(request.seed, 'warm-up', ...(round === 0 ? [] : [round]))
        : deriveSeed(request.seed, 'train', round, client),
  };
  return runStep<TrainingRecord>(context, identity, request, async (checkpoints) => {
    const trainer = await context.engine.trainer({ ...network, training });
    trainer.setImages(await pixelsOf(context, images, request.source, network.imageSize));
    const losses = await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: () => loadModel(blobs, incoming),
      examples,
      batchSize,
      steps,
      learningRate: (step) => learningRateAt(step, steps, rate),
      seed: identity.seed,
      checkpointSeconds: request.checkpointSeconds,
      ...(until && { isDone: meanLossReached(until) }),
    });
    return {
      model: await storeModel(blobs, trainer.weights(), personalization),
      examples,
      steps: losses.length,
      ...lossEnds(losses),
      ...(until && { reached: meanLossReached(until)(losses) }),
    };
  });
}

/** So many epochs or steps, whichever the training is counted in. */
const inUnitOf = ({ epochs }: TrainingSettings, count: number): TrainingLength =>
  epochs === null ? { epochs, steps: count } : { epochs: count, steps: null };
