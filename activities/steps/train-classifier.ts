/** Trains the classifier whose features all metrics of a run use, on real images of all classes. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { batchIndices } from '../../phoenix/data/batches.ts';
import { shapeOf, total } from '../../phoenix/data/data-set.ts';
import { classCount, drawEvenly, imagesAt, type ImageSet } from '../../phoenix/data/image-set.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { classifierParameters } from '../../phoenix/models/classifier-parameters.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';
import { largestPerRow } from '../../phoenix/metrics/class-distribution.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { EngineContext } from './context.ts';
import type { ExtractorSettings } from './engine.ts';
import type { ClassifierSettings, ImageSettings } from './settings.ts';
import { trainingSteps, trainThrough } from './training-loop.ts';

export interface TrainClassifierRequest extends ImageSettings {
  readonly features: ClassifierSettings;
  readonly seed: number;
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
  const { source, imageSize } = request;
  const available = total(shapeOf(source).train);
  const features = { ...request.features, images: request.features.images ?? available };
  const identity = {
    name: 'trainClassifier',
    version: 3,
    settings: { source, imageSize, features },
    inputs: {},
    seed: deriveSeed(request.seed, 'classifier'),
  };
  return runStep<Classifier>(context, identity, request, async (checkpoints) => {
    const { train, test } = await context.data.images(source, imageSize);
    const classes = classCount(train.labels);
    const shape = { channels: features.channels, dimensions: features.dimensions, classes };
    const trainer = await context.engine.classifier({
      imageSize,
      settings: { ...shape, batchSize: features.batchSize },
    });
    const everything = Int32Array.from(train.labels.keys());
    // All of them need not be evenly spread over the classes.
    const drawn =
      request.features.images === null
        ? everything
        : drawEvenly(train.labels, everything, features.images, deriveSeed(identity.seed, 'images')).drawn;
    trainer.setImages(
      imagesAt(train, drawn),
      Uint8Array.from(drawn, (index) => train.labels[index]!),
    );
    await trainThrough(context, checkpoints, trainer, {
      name: identity.name,
      initial: async () => initialWeights(classifierParameters(shape), identity.seed),
      steps: trainingSteps({ epochs: features.epochs, steps: null }, drawn.length, features.batchSize),
      batch: (step) => batchIndices(drawn.length, features.batchSize, step, identity.seed),
      learningRate: () => features.learningRate,
      seed: identity.seed,
      checkpointSeconds: request.checkpointSeconds,
    });
    const weights = trainer.weights();
    return {
      weights: await blobs.putTensors(weights),
      testAccuracy: await accuracy(
        context,
        { imageSize, network: { kind: 'classifier', ...shape } },
        weights,
        test,
      ),
    };
  });
}

async function accuracy(
  context: EngineContext,
  settings: ExtractorSettings,
  weights: Tensors,
  test: ImageSet,
): Promise<number> {
  const extractor = await context.engine.extractor(settings);
  extractor.load(weights);
  const { logits } = extractor.features(test.images, test.count);
  const labels = largestPerRow(logits, test.count);
  return labels.filter((label, image) => label === test.labels[image]).length / test.count;
}
