/** The parts of an experiment before its first round, each a few steps. */
import type { Experiment, Pretrained } from '../phoenix/config/schema.ts';
import type { Metrics } from '../phoenix/federation/metrics.ts';
import type { ModelRef, RunDocument, Yardstick } from '../phoenix/federation/records.ts';
import { counted } from './labels.ts';
import { featureNetworks, generateRequest, measureRequest } from './requests.ts';
import type { StepRunner } from './steps.ts';

/** The network in whose features the metrics are taken, and those features of the real test images. */
export async function findYardstick(
  steps: StepRunner,
  experiment: Experiment,
): Promise<{ classifier: RunDocument['classifier']; yardstick: Yardstick }> {
  const { features, data, checkpoint } = experiment;
  const classifier =
    features.kind === 'classifier' ? await trainedClassifier(steps, experiment, features) : null;
  const extractor = classifier?.weights ?? (features as Pretrained).weights;
  const reference = await steps.gpu('referenceFeatures', `${features.kind} · features of the test images`, {
    ...featureNetworks(experiment, extractor),
    source: data.source,
    checkpointSeconds: checkpoint.seconds,
  });
  return { classifier, yardstick: { extractor, reference } };
}

function trainedClassifier(
  steps: StepRunner,
  { seed, data, checkpoint }: Experiment,
  features: Extract<Experiment['features'], { kind: 'classifier' }>,
): Promise<NonNullable<RunDocument['classifier']>> {
  const { kind, channels, dimensions, epochs, images, learningRate, batchSize } = features;
  const seen = images === null ? 'all images' : counted(images, 'image');
  return steps.gpu('trainClassifier', `classifier · train, ${seen}`, {
    imageSize: data.imageSize,
    source: data.source,
    features: { kind, channels, dimensions, epochs, images, learningRate, batchSize },
    seed,
    checkpointSeconds: checkpoint.seconds,
  });
}

export function initialModel(
  steps: StepRunner,
  { seed, model, init, federation }: Experiment,
): Promise<ModelRef> {
  const { personalization } = federation;
  return steps.cpu('initialise', 'initial weights', { seed, model, init, personalization });
}

/** Round 0: what the metrics say of a network that has learned nothing. */
export async function untrainedMetrics(
  steps: StepRunner,
  experiment: Experiment,
  yardstick: Yardstick,
  model: ModelRef,
): Promise<Metrics> {
  const { samples: count } = experiment.evaluation;
  const samples = await steps.gpu(
    'generate',
    `untrained · generate, ${counted(count, 'sample')}`,
    generateRequest(experiment, { purpose: 'untrained', round: 0, client: null, count, model }),
  );
  return steps.gpu('measure', 'untrained · metrics', measureRequest(experiment, yardstick, [samples]));
}
