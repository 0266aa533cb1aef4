/** Trains one of the classifiers on all of CIFAR-10's training images. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainingSteps, trainThrough } from '../activities/steps/training-loop.ts';
import { stateFolder } from '../phoenix/config/environment.ts';
import { deriveSeed } from '../phoenix/config/seeds.ts';
import { batchIndices } from '../phoenix/data/batches.ts';
import { recordFile, weightsFile, type TrainingRecord } from '../phoenix/models/cifar-classifier-files.ts';
import { cifarClassifierParameters } from '../phoenix/models/cifar-classifier-parameters.ts';
import { CifarClassifierTrainer } from '../phoenix/models/cifar-classifier-trainer.ts';
import { cifarClassifierNetwork } from '../phoenix/models/cifar-classifier.ts';
import { FeatureExtractor } from '../phoenix/models/feature-extractor.ts';
import { initialWeights } from '../phoenix/models/initial-weights.ts';
import { learningRateAt } from '../phoenix/models/learning-rate.ts';
import { encodeSafetensors } from '../phoenix/storage/safetensors.ts';
import { canonicalJson, sha256Hex } from '../phoenix/storage/canonical-json.ts';
import { accuracy } from './accuracy.ts';
import type { Request } from './arguments.ts';
import { FileCheckpoints } from './file-checkpoints.ts';
import { imagesOf } from './images.ts';

const BATCH = 256;
/** Of kernels, a step; Page (2018), “How to train your ResNet”, whose rates these are, at half of his batch. */
const WEIGHT_DECAY = 5e-4;
const PEAK_RATE = 0.2;
/** Share of the steps in which the rate rises. */
const RISE = 0.2;
const CHECKPOINT_SECONDS = 60;
/** Steps. */
const TELL_EVERY = 50;

/**
 * Writes the weights and the record of how they came about. Ctrl-C ends it after a checkpoint.
 *
 * @throws StepStopped, TrainingDiverged, DataFileMissing, DataFileCorrupt
 */
export async function train({ size, epochs, seed }: Request & { action: 'train' }): Promise<void> {
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => (stopped = true));
  const { train: images, test } = imagesOf(size);
  const settings = {
    size,
    epochs,
    seed,
    batchSize: BATCH,
    learningRate: PEAK_RATE,
    weightDecay: WEIGHT_DECAY,
  };
  const trainer = new CifarClassifierTrainer(size, settings);
  trainer.setImages(images.images, images.labels);
  const { weights, statistics } = cifarClassifierParameters();
  const steps = trainingSteps({ epochs, steps: null }, images.count, BATCH);
  const stepsOfEpoch = Math.ceil(images.count / BATCH);
  const schedule = { kind: 'linear', warmupSteps: Math.round(RISE * steps) } as const;
  const streams = deriveSeed(seed, 'cifar-classifier', size);

  // Other settings are another training: they never go on from this one's checkpoint.
  const name = `classifier-${sha256Hex(canonicalJson(settings)).slice(0, 8)}.safetensors`;
  const checkpoints = new FileCheckpoints(join(stateFolder(), name));
  const losses = await trainThrough(
    {
      stopRequested: () => stopped,
      progress: ({ done, loss }) => {
        if (done % TELL_EVERY === 0) console.log(`step ${done} of ${steps}: loss ${loss!.toFixed(4)}`);
      },
    },
    checkpoints,
    trainer,
    {
      name: `the training of the ${size}×${size} classifier`,
      initial: async () => initialWeights(new Map([...weights, ...statistics]), streams),
      steps,
      batch: (step) => batchIndices(images.count, BATCH, step, streams),
      learningRate: (step) => learningRateAt(step, steps, { learningRate: PEAK_RATE, schedule }),
      seed: streams,
      checkpointSeconds: CHECKPOINT_SECONDS,
    },
  );
  const trained = trainer.weights();
  const bytes = encodeSafetensors(trained);
  const extractor = new FeatureExtractor(cifarClassifierNetwork(size), size);
  extractor.load(trained);
  const record: TrainingRecord = {
    command: `npm run classifier -- train --size ${size} --epochs ${epochs} --seed ${seed}`,
    settings,
    parameters: [...weights.values()].reduce((sum, shape) => sum + shape.reduce((n, m) => n * m, 1), 0),
    epochLosses: meansOf(losses, stepsOfEpoch),
    testAccuracy: accuracy(extractor, test),
    sha256: sha256Hex(bytes),
  };
  writeFileSync(weightsFile(size), bytes);
  writeFileSync(recordFile(size), `${JSON.stringify(record, null, 2)}\n`);
  checkpoints.clear();
  console.log(`test accuracy ${(100 * record.testAccuracy).toFixed(2)} %: ${weightsFile(size)}`);
}

/** Mean of each piece of `length` values; the last may be shorter. */
const meansOf = (values: readonly number[], length: number): number[] =>
  Array.from({ length: Math.ceil(values.length / length) }, (_, piece) => {
    const own = values.slice(piece * length, (piece + 1) * length);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
