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

export type TrainingSettings = Experiment['training'];
export type FeatureSettings = Experiment['features'];
