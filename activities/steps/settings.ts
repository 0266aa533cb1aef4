/**
 * The parts of an experiment's settings that the steps need. A step key holds only what changes the step's result, so
 * that runs whose other settings differ share it.
 */
import type { Experiment } from '../../phoenix/config/schema.ts';

export interface ImageSettings {
  readonly source: Experiment['data']['source'];
  readonly imageSize: number;
}

/** Everything that shapes a network and, where it has one, its diffusion process. */
export interface NetworkSettings {
  readonly imageSize: number;
  readonly model: Experiment['model'];
  readonly diffusion: Experiment['diffusion'];
}

export interface SamplerSettings extends NetworkSettings {
  readonly sampling: Experiment['sampling'];
}

/** Of one training: what changes from round to round has been worked in. */
export type TrainingSettings = Omit<Experiment['training'], 'roundDecay'>;
export type FeatureSettings = Experiment['features'];
