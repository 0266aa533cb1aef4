/**
 * What each step is told: the part of the experiment's settings that concerns it. Payloads stay small and readable, and
 * a step cannot depend on a setting that it does not name.
 */
import type { AggregateRequest } from '../activities/steps/aggregate.ts';
import type { MeasureRequest } from '../activities/steps/measure-identity.ts';
import type { GenerateRequest } from '../activities/steps/generate.ts';
import type { FeatureNetworks } from '../activities/steps/settings.ts';
import type { ClientStrategy, TrainRequest } from '../activities/steps/train.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { ModelRef, Ref, Yardstick } from '../phoenix/federation/records.ts';
import { type StrategySettings, strategyOf } from '../phoenix/federation/strategies/index.ts';

/** @param extractor weights of a classifier that the run has trained; the others are in the settings */
export function featureNetworks({ data, features }: Experiment, extractor: Ref): FeatureNetworks {
  const { labeller } = features;
  const { kind } = features;
  return {
    imageSize: data.imageSize,
    extractor:
      kind === 'classifier'
        ? { kind, channels: features.channels, dimensions: features.dimensions, weights: extractor }
        : { kind, weights: features.weights },
    labeller,
  };
}

const network = ({ data, model, diffusion }: Experiment) => ({ imageSize: data.imageSize, model, diffusion });

export function trainRequest(
  experiment: Experiment,
  task: Pick<TrainRequest, 'partition' | 'client' | 'round' | 'incoming'>,
): TrainRequest {
  const { seed, data, training, federation, checkpoint } = experiment;
  const { roundDecay, ...local } = training;
  return {
    seed,
    source: data.source,
    network: network(experiment),
    training: {
      ...local,
      learningRate: local.learningRate * roundDecay ** Math.max(0, task.round - 1),
    },
    strategy: task.client === null ? null : clientStrategy(federation.strategy),
    personalization: federation.personalization,
    checkpointSeconds: checkpoint.seconds,
    ...task,
  };
}

/** The warm-up is not part of the federation, and other strategies leave clients alone. */
const clientStrategy = (strategy: StrategySettings): ClientStrategy | null =>
  strategy.kind === 'fedprox' || strategy.kind === 'fedsgd' ? strategy : null;

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
  { extractor, reference }: Yardstick,
  samples: readonly Ref[],
): MeasureRequest {
  const { seed, evaluation, checkpoint } = experiment;
  return {
    ...featureNetworks(experiment, extractor),
    seed,
    reference,
    samples,
    neighbours: evaluation.neighbours,
    checkpointSeconds: checkpoint.seconds,
  };
}

/** Of all that a round knows, what the strategy looks at: an average's key does not depend on the round's number. */
export function aggregateRequest(
  strategy: StrategySettings,
  {
    round,
    global,
    state,
    clip,
    noiseStd,
    updates,
  }: Pick<AggregateRequest, 'state' | 'clip' | 'noiseStd' | 'updates'> & {
    readonly round: number;
    readonly global: Ref;
  },
): AggregateRequest {
  const { needs } = strategyOf(strategy);
  return {
    strategy,
    round: needs.includes('round') ? round : null,
    // What is clipped is how far a client has moved it.
    global: needs.includes('global') || clip !== null ? global : null,
    state,
    clip,
    noiseStd,
    updates: updates.map(({ base, weight, loss }) => ({
      base,
      weight,
      loss: needs.includes('loss') ? loss : null,
    })),
  };
}
