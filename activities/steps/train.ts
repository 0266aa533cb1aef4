/** Local training of the diffusion model, by one client or, as warm-up, by the server (paper §3.2.1, §4.2). */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { imagesAt } from '../../phoenix/data/image-set.ts';
import type { ModelRef, Outcome, Ref, TrainingRecord } from '../../phoenix/federation/records.ts';
import { learningRateAt } from '../../phoenix/models/learning-rate.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import { loadModel, storeModel } from './models.ts';
import { trainingIndices } from './partition.ts';
import type { DiffusionSettings, ImageSettings, PersonalizationRule, TrainingSettings } from './settings.ts';
import { lossEnds, trainingSteps, trainThrough } from './training-loop.ts';

export interface TrainRequest {
  readonly seed: number;
  readonly source: ImageSettings['source'];
  readonly network: DiffusionSettings;
  readonly training: TrainingSettings;
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
  const { network, personalization, client, round, incoming } = request;
  const { learningRate, schedule, batchSize, flip, crop, clipNorm, precision } = request.training;
  const rate = { learningRate, schedule };
  const training = { batchSize, flip, crop, clipNorm, precision };
  const indices = await trainingIndices(blobs, request.partition, client);
  const steps = trainingSteps(request.training, indices.length, batchSize);
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
    },
    // The images themselves, not the whole partition: runs that share some clients' images share their training.
    inputs: { images: sha256Hex(bytesOf(indices)), base: incoming.base, personal: incoming.personal },
    seed:
      client === null
        ? deriveSeed(request.seed, 'warm-up')
        : deriveSeed(request.seed, 'train', round, client),
  };
  return runStep<TrainingRecord>(context, identity, request, async (checkpoints) => {
    const trainer = await context.engine.trainer({ ...network, training });
    trainer.setImages(imagesAt(context.data.images(network.imageSize).train, indices));
    const losses = await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: () => loadModel(blobs, incoming),
      examples: indices.length,
      batchSize,
      steps,
      learningRate: (step) => learningRateAt(step, steps, rate),
      seed: identity.seed,
      checkpointSeconds: request.checkpointSeconds,
    });
    return {
      model: await storeModel(blobs, trainer.weights(), personalization),
      examples: indices.length,
      steps,
      ...lossEnds(losses),
    };
  });
}

const bytesOf = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
