/** Local training of the network, by one client or, as warm-up, by the server (paper §3.2.1, §4.2). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { batchIndices, passIndices, stepsOfEpochs } from '../../phoenix/data/batches.ts';
import type { PersonalizationRule } from '../../phoenix/federation/personal.ts';
import type { ModelRef, Outcome, Ref, TrainingRecord } from '../../phoenix/federation/records.ts';
import type { FedProxSettings } from '../../phoenix/federation/strategies/fedprox.ts';
import type { FedSgdSettings } from '../../phoenix/federation/strategies/fedsgd.ts';
import { learningRateAt } from '../../phoenix/models/learning-rate.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import type { ImageTrainer, TrainerSettings } from './engine.ts';
import { loadModel, storeModel } from './models.ts';
import type { ImageSettings, NetworkSettings, TrainingSettings } from './settings.ts';
import {
  lossEnds,
  meanLossReached,
  trainingSteps,
  trainThrough,
  type TrainingLength,
  type TrainingPlan,
} from './training-loop.ts';
import { inputsOf, pixelsOf, trainingSet } from './training-set.ts';

/** What changes at the clients: FedProx holds them, FedSGD lets them take one step. */
export type ClientStrategy = FedProxSettings | FedSgdSettings;

export interface TrainRequest {
  readonly seed: number;
  readonly source: ImageSettings['source'];
  readonly network: NetworkSettings;
  readonly training: TrainingSettings;
  /** Null: Adam alone, as for the warm-up. */
  readonly strategy: ClientStrategy | null;
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
  const { network, strategy, personalization, client, round, incoming } = request;
  const { learningRate, schedule, batchSize, flip, crop, clipNorm, precision } = request.training;
  const training = { batchSize, flip, crop, clipNorm, precision };
  const images = await trainingSet(context, request.partition, client, request.seed);
  const examples = images.indices.length;
  const seed =
    client === null
      ? deriveSeed(request.seed, 'warm-up', ...(round === 0 ? [] : [round]))
      : deriveSeed(request.seed, 'train', round, client);
  const until = request.untilLoss && {
    target: request.untilLoss.target,
    steps: trainingSteps(inUnitOf(request.training, request.untilLoss.every), examples, batchSize),
  };
  const course = courseOf(request, examples, seed);
  const identity = {
    name: 'train',
    version: 3,
    settings: {
      source: request.source,
      network,
      learningRate,
      schedule,
      ...training,
      steps: course.steps,
      personalization,
      ...(strategy && { strategy }),
      ...(until && { until }),
    },
    inputs: { ...inputsOf(images), base: incoming.base, personal: incoming.personal },
    seed,
  };
  return runStep<TrainingRecord>(context, identity, request, async (checkpoints) => {
    const trainer = await trainerOf(context, request, training);
    trainer.setImages(await pixelsOf(context, images, request.source, network.imageSize));
    const losses = await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: () => loadModel(blobs, incoming),
      ...course,
      seed,
      checkpointSeconds: request.checkpointSeconds,
      ...(until && { isDone: meanLossReached(until) }),
    });
    if (strategy?.kind === 'fedsgd') trainer.finish!(learningRate);
    return {
      model: await storeModel(blobs, trainer.weights(), personalization),
      examples,
      ...(strategy?.kind === 'fedsgd'
        ? oneStep(losses, course)
        : { steps: losses.length, ...lossEnds(losses) }),
      ...(until && { reached: meanLossReached(until)(losses) }),
    };
  });
}

/** With FedProx the weights are held by those that the round began with: also after a checkpoint, which has others. */
async function trainerOf(
  { blobs, engine }: EngineContext,
  { network, strategy, incoming }: TrainRequest,
  training: TrainerSettings['training'],
): Promise<ImageTrainer> {
  if (strategy?.kind !== 'fedprox') {
    return engine.trainer({ ...network, training, ...(strategy && { strategy }) });
  }
  const base = await blobs.getTensors(incoming.base);
  const held = { ...strategy, parameters: [...base.keys()] };
  const trainer = await engine.trainer({ ...network, training, strategy: held });
  trainer.setGlobal!(base);
  return trainer;
}

/** What the steps see, and how fast they learn: with FedSGD each image once, with rates that make a mean of gradients. */
function courseOf(
  { training, strategy }: TrainRequest,
  images: number,
  seed: number,
): Pick<TrainingPlan, 'steps' | 'batch' | 'learningRate'> {
  const { batchSize } = training;
  if (strategy?.kind === 'fedsgd') {
    const batch = (step: number) => passIndices(images, batchSize, step, seed);
    return {
      steps: stepsOfEpochs(images, batchSize, 1),
      batch,
      learningRate: (step) => batch(step).length / images,
    };
  }
  const steps = trainingSteps(training, images, batchSize);
  return {
    steps,
    batch: (step) => batchIndices(images, batchSize, step, seed),
    learningRate: (step) => learningRateAt(step, steps, training),
  };
}

/** The weights were the same for all batches, so that their losses are one: that of all images. */
function oneStep(losses: readonly number[], { learningRate: share }: Pick<TrainingPlan, 'learningRate'>) {
  const loss = losses.reduce((sum, each, batch) => sum + share(batch) * each, 0);
  return { steps: 1, firstLoss: loss, lastLoss: loss };
}

/** So many epochs or steps, whichever the training is counted in. */
const inUnitOf = ({ epochs }: TrainingSettings, count: number): TrainingLength =>
  epochs === null ? { epochs, steps: count } : { epochs: count, steps: null };
