/**
 * What each step is told: the part of the experiment's settings that concerns it. Payloads stay small and readable, and
 * a step cannot depend on a setting that it does not name.
 */
import type { MeasureRequest } from '../activities/steps/measure.ts';
import type { GenerateRequest } from '../activities/steps/generate.ts';
import type { TrainRequest } from '../activities/steps/train.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { ModelRef, Ref, Yardstick } from '../phoenix/federation/records.ts';

export const classifierSettings = ({ data, features }: Experiment) => ({
  imageSize: data.imageSize,
  features,
});

const network = ({ data, model, diffusion }: Experiment) => ({ imageSize: data.imageSize, model, diffusion });

export function trainRequest(
  experiment: Experiment,
  task: Pick<TrainRequest, 'partition' | 'client' | 'round' | 'incoming'>,
): TrainRequest {
  const { seed, data, training, federation, checkpoint } = experiment;
  return {
    seed,
    source: data.source,
    network: network(experiment),
    training,
    personalization: federation.personalization,
    checkpointSeconds: checkpoint.seconds,
    ...task,
  };
}

export function generateRequest(
  experiment: Experiment,
  task: Pick<GenerateRequest, 'purpose' | 'round' | 'client' | 'count'> & { readonly model: ModelRef },
): GenerateRequest {
  const { seed, sampling, checkpoint } = experiment;
  return {
    seed,
    network: { ...network(experiment), sampling },
    checkpointSeconds: checkpoint.seconds,
    ...task,
  };
}

export function measureRequest(
  experiment: Experiment,
  { classifier, reference }: Yardstick,
  samples: readonly Ref[],
): MeasureRequest {
  const { seed, evaluation } = experiment;
  return {
    ...classifierSettings(experiment),
    seed,
    classifier,
    reference,
    samples,
    neighbours: evaluation.neighbours,
  };
}
