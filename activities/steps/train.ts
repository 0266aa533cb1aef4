/** Local training of the network, by one client or, as warm-up, by the server (paper §3.2.1, §4.2). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { batchIndices, passIndices, stepsOfEpochs } from '../../phoenix/data/batches.ts';
import { imagesAt } from '../../phoenix/data/image-set.ts';
import type { PersonalizationRule } from '../../phoenix/federation/personal.ts';
import type { ModelRef, Outcome, Ref, TrainingRecord } from '../../phoenix/federation/records.ts';
import type { FedProxSettings } from '../../phoenix/federation/strategies/fedprox.ts';
import type { FedSgdSettings } from '../../phoenix/federation/strategies/fedsgd.ts';
import { learningRateAt } from '../../phoenix/models/learning-rate.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import type { ImageTrainer, TrainerSettings } from './engine.ts';
import { loadModel, storeModel } from './models.ts';
import { trainingIndices } from './partition.ts';
import type { ImageSettings, NetworkSettings, TrainingSettings } from './settings.ts';
import { lossEnds, trainingSteps, trainThrough, type TrainingPlan } from './training-loop.ts';

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
  /** From 1; 0 for the warm-up. */
  readonly round: number;
  readonly incoming: ModelRef;
  readonly checkpointSeconds: number;
}

/** @throws StepStopped, TrainingDiverged, DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject */
export async function train(context: EngineContext, request: TrainRequest): Promise<Outcome<TrainingRecord>> {
  const { blobs } = context;
  const { network, strategy, personalization, client, round, incoming } = request;
  const { learningRate, schedule, batchSize, flip, crop, clipNorm, precision } = request.training;
  const training = { batchSize, flip, crop, clipNorm, precision };
  const indices = await trainingIndices(blobs, request.partition, client);
  const seed =
    client === null ? deriveSeed(request.seed, 'warm-up') : deriveSeed(request.seed, 'train', round, client);
  const course = courseOf(request, indices.length, seed);
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
    },
    // The images themselves, not the whole partition: runs that share some clients' images share their training.
    inputs: { images: sha256Hex(bytesOf(indices)), base: incoming.base, personal: incoming.personal },
    seed,
  };
  return runStep<TrainingRecord>(context, identity, request, async (checkpoints) => {
    const trainer = await trainerOf(context, request, training);
    trainer.setImages(imagesAt(context.data.images(network.imageSize).train, indices));
    const losses = await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: () => loadModel(blobs, incoming),
      ...course,
      seed,
      checkpointSeconds: request.checkpointSeconds,
    });
    if (strategy?.kind === 'fedsgd') trainer.finish!(learningRate);
    return {
      model: await storeModel(blobs, trainer.weights(), personalization),
      examples: indices.length,
      ...(strategy?.kind === 'fedsgd'
        ? oneStep(losses, course)
        : { steps: course.steps, ...lossEnds(losses) }),
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

const bytesOf = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
