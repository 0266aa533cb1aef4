/** The parts of an experiment before its first round, each a few steps. */
import type { Experiment } from '../phoenix/config/schema.ts';
import type { Metrics, ModelRef, RunDocument, Yardstick } from '../phoenix/federation/records.ts';
import { counted } from './labels.ts';
import { classifierSettings, generateRequest, measureRequest } from './requests.ts';
import type { Steps } from './steps.ts';

/** The classifier whose features the metrics use, and those features of the real test images. */
export async function trainYardstick(
  steps: Steps,
  experiment: Experiment,
): Promise<{ classifier: NonNullable<RunDocument['classifier']>; yardstick: Yardstick }> {
  const { seed, data, features, checkpoint } = experiment;
  const classifier = await steps.gpu(
    'trainClassifier',
    `classifier · train, ${features.images === null ? 'all images' : counted(features.images, 'image')}`,
    {
      ...classifierSettings(experiment),
      seed,
      source: data.source,
      checkpointSeconds: checkpoint.seconds,
    },
  );
  const reference = await steps.gpu('referenceFeatures', 'classifier · features of the test images', {
    ...classifierSettings(experiment),
    source: data.source,
    classifier: classifier.weights,
  });
  return { classifier, yardstick: { classifier: classifier.weights, reference } };
}

export function initialModel(steps: Steps, { seed, model, init, federation }: Experiment): Promise<ModelRef> {
  const { personalization } = federation;
  return steps.cpu('initialise', 'initial weights', { seed, model, init, personalization });
}

/** Round 0: what the metrics say of a network that has learned nothing. */
export async function untrainedMetrics(
  steps: Steps,
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
