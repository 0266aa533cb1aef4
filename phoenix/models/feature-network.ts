/** What every network that metrics look through has in common. Each has a file of its own; this one knows none of them. */
import type { Tensor } from '../engine/backend.ts';
import type { Parameters } from '../engine/layers.ts';
import type { Trace } from '../engine/trace.ts';
import type { Shapes } from './unet-parameters.ts';

export interface FeatureNetwork {
  /** Weights and running statistics: name → shape in TensorFlow's layout. */
  readonly parameters: Shapes;
  /** The layers whose values are features: name → dimensions. */
  readonly taps: ReadonlyMap<string, number>;
  /** Number of classes that its logits tell apart. */
  readonly classes: number;
  /** Images that go through it at once. It changes no result but the last bits. */
  readonly batch: number;
  /**
   * @param images float32 [batch, size, size, 3], whole numbers 0…255: a network scales them as it was trained to
   * @returns features float32 [batch, dimensions] of every tap, and logits float32 [batch, classes]
   */
  forward(images: Tensor, p: Parameters, trace: Trace): FeaturesOfBatch;
}

export interface FeaturesOfBatch {
  readonly taps: ReadonlyMap<string, Tensor>;
  readonly logits: Tensor;
}
