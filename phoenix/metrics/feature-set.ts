/** Images as metrics see them. */

export interface FeatureSet {
  readonly count: number;
  readonly standard: Layer;
  /** Of 64 dimensions, as the paper's values suggest; null where the extractor has no such layer. */
  readonly paper: Layer | null;
  /** [count, classes] of the extractor. */
  readonly logits: Float32Array;
  /** [count]: the class that each image is taken for. */
  readonly labels: Uint8Array;
}

export interface Layer {
  readonly dimensions: number;
  /** [count, dimensions] */
  readonly values: Float32Array;
}
