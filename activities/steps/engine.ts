/**
 * The compiled networks that steps work with. Compiling takes seconds, so an engine keeps what it made and gives it
 * out again for equal settings; whoever gets one loads its own images and weights, and does not dispose it.
 */
import type { Tensors } from '../../phoenix/storage/safetensors.ts';
import type { ClassifierShape } from '../../phoenix/models/classifier-parameters.ts';
import type { NetworkChoice } from '../../phoenix/models/extractors.ts';
import type { Features } from '../../phoenix/models/feature-extractor.ts';
import type { LocalStrategy } from '../../phoenix/models/trainer.ts';
import type { NetworkSettings, SamplerSettings, TrainingSettings } from './settings.ts';

/** A network and its optimiser. A step is a pure function of weights, optimiser state, images and its arguments. */
export interface Trainer {
  /** Replaces weights and optimiser state; null: a fresh optimiser. */
  load(weights: Tensors, optimizer: Tensors | null): void;
  /**
   * One optimiser step, number `seed[1]` from 0, on the images at `indices`, a batch or less of them. Returns the loss, which is not finite
   * once training has diverged; of two networks that are trained together, the generator's.
   */
  step(indices: Int32Array, seed: [number, number], learningRate: number): number;
  weights(): Tensors;
  optimizer(): Tensors;
}

export interface ImageTrainer extends Trainer {
  /** uint8 [n, size, size, 3] */
  setImages(images: Uint8Array): void;
  /** Of a trainer for FedProx: the averaged weights that the round began with. They are no part of its state. */
  setGlobal?(weights: Tensors): void;
  /** Of a trainer for FedSGD: its one update, after the last batch. */
  finish?(learningRate: number): void;
}

export interface LabelledTrainer extends Trainer {
  /** uint8 [n, size, size, 3] and [n] */
  setImages(images: Uint8Array, labels: Uint8Array): void;
}

export interface Sampler {
  load(weights: Tensors): void;
  /** uint8 [count, size, size, 3]; `onStep` hears between calls of the graph how many are drawn, and may throw to stop. */
  sample(count: number, seed: number, onStep?: (done: number) => void | Promise<void>): Promise<Uint8Array>;
}

export interface Extractor {
  load(weights: Tensors): void;
  /** Of `count` uint8 images [count, size, size, 3]: every tap's features [count, dimensions] and logits [count, classes]. */
  features(images: Uint8Array, count: number): Features;
}

export interface TrainerSettings extends NetworkSettings {
  readonly training: Pick<TrainingSettings, 'batchSize' | 'flip' | 'crop' | 'clipNorm' | 'precision'>;
  readonly strategy?: LocalStrategy;
}

export interface ClassifierTraining extends ImageSize {
  readonly settings: ClassifierShape & { readonly batchSize: number };
}

export interface ExtractorSettings extends ImageSize {
  readonly network: NetworkChoice;
}

interface ImageSize {
  readonly imageSize: number;
}

export interface Engine {
  trainer(settings: TrainerSettings): Promise<ImageTrainer>;
  sampler(settings: SamplerSettings): Promise<Sampler>;
  classifier(settings: ClassifierTraining): Promise<LabelledTrainer>;
  extractor(settings: ExtractorSettings): Promise<Extractor>;
}
