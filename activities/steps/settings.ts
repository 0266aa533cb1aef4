/**
 * The parts of an experiment's settings that the steps need. A step key holds only what changes the step's result, so
 * that runs whose other settings differ share it.
 */
import type { Experiment, Pretrained } from '../../phoenix/config/schema.ts';
import type { Ref } from '../../phoenix/federation/records.ts';

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

/** Of a classifier that the run trains itself. */
export type ClassifierSettings = Omit<
  Extract<Experiment['features'], { kind: 'classifier' }>,
  'labels' | 'labeller'
>;

/** The network that has come of it. */
type OwnNetwork = Pick<ClassifierSettings, 'kind' | 'channels' | 'dimensions'> & { readonly weights: Ref };

/** What images are seen through. */
export interface FeatureNetworks {
  readonly imageSize: number;
  /** In whose features they are compared. */
  readonly extractor: OwnNetwork | Pretrained<'cifar-classifier' | 'inception-fid'>;
  /** Names their classes; null: the extractor does. */
  readonly labeller: Pretrained | null;
}
