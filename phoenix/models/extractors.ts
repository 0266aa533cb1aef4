/** The networks through which metrics look, without tfjs: what is known of each before it is loaded. */
import type { ClassifierShape } from './classifier-parameters.ts';
import { CIFAR_CLASSIFIER_SIZES } from './cifar-classifier-parameters.ts';

/** All that shapes a network; its weights come separately. */
export type NetworkChoice =
  ({ readonly kind: 'classifier' } & ClassifierShape) | { readonly kind: PretrainedKind };

/** Networks whose weights are there before a run starts: shipped, or added by `phoenix weights add`. */
export type PretrainedKind = 'cifar-classifier' | 'inception-fid' | 'lanet';

/** Which of a network's taps the two presets of every table are. */
export interface Layers {
  /** In which metrics are taken unless something else is said. */
  readonly standard: string;
  /** Of 64 dimensions, as the paper's values suggest; null: there is none. */
  readonly paper: string | null;
}

interface Extractor {
  readonly layers: Layers;
  /** Sides of the images that it takes; null: any. */
  readonly imageSizes: readonly number[] | null;
}

/** LaNet names classes and nothing else: nobody measures in its layers. */
export const extractors: Readonly<Record<Exclude<NetworkChoice['kind'], 'lanet'>, Extractor>> = {
  classifier: { layers: { standard: 'features', paper: null }, imageSizes: null },
  'cifar-classifier': { layers: { standard: '192', paper: '64' }, imageSizes: CIFAR_CLASSIFIER_SIZES },
  'inception-fid': { layers: { standard: '2048', paper: '64' }, imageSizes: null },
};
