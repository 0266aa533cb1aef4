/** Trains the classifier whose features all metrics of a run use, on real images of all classes. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { batchIndices } from '../../phoenix/data/batches.ts';
import { drawEvenly, imagesAt, type ImageSet } from '../../phoenix/data/image-set.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { classifierParameters } from '../../phoenix/models/classifier-parameters.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import type { ClassifierSettings } from './engine.ts';
import { extractFeatures, largestPerRow } from './features.ts';
import type { ImageSettings } from './settings.ts';
import { trainingSteps, trainThrough } from './training-loop.ts';

export interface TrainClassifierRequest extends ClassifierSettings {
  readonly seed: number;
  readonly source: ImageSettings['source'];
  readonly checkpointSeconds: number;
}

export interface Classifier {
  readonly weights: Ref;
  /** Share of the test images that it labels right. */
  readonly testAccuracy: number;
}

/** @throws StepStopped, TrainingDiverged, DataFileMissing, DataFileCorrupt */
export async function trainClassifier(
  context: EngineContext,
  request: TrainClassifierRequest,
): Promise<Outcome<Classifier>> {
  const { blobs } = context;
  const { source, imageSize, features } = request;
  const identity = {
    name: 'trainClassifier',
    version: 3,
    settings: { source, imageSize, features },
    inputs: {},
    seed: deriveSeed(request.seed, 'classifier'),
  };
  return runStep<Classifier>(context, identity, request, async (checkpoints) => {
    const { train, test } = context.data.images(imageSize);
    const trainer = await context.engine.classifier({ imageSize, features });
    const everything = Int32Array.from(train.labels.keys());
    const { drawn } = drawEvenly(
      train.labels,
      everything,
      features.images,
      deriveSeed(identity.seed, 'images'),
    );
    trainer.setImages(
      imagesAt(train, drawn),
      Uint8Array.from(drawn, (index) => train.labels[index]!),
    );
    await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: async () => initialWeights(classifierParameters(features), identity.seed),
      steps: trainingSteps({ epochs: features.epochs, steps: null }, drawn.length, features.batchSize),
      batch: (step) => batchIndices(drawn.length, features.batchSize, step, identity.seed),
      learningRate: () => features.learningRate,
      seed: identity.seed,
      checkpointSeconds: request.checkpointSeconds,
    });
    const weights = trainer.weights();
    return {
      weights: await blobs.putTensors(weights),
      testAccuracy: await accuracy(context, request, weights, test),
    };
  });
}

async function accuracy(
  context: EngineContext,
  { imageSize, features }: ClassifierSettings,
  weights: Tensors,
  test: ImageSet,
): Promise<number> {
  const extractor = await context.engine.extractor({ imageSize, features });
  extractor.load(weights);
  const { logits } = await extractFeatures(context, extractor, 'trainClassifier', test);
  const right = largestPerRow(logits, 10).filter((label, image) => label === test.labels[image]).length;
  return right / test.count;
}
