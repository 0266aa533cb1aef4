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

/** The chosen rows of `values` [n, dimensions], in their order. */
export function rowsAt(values: Float32Array, dimensions: number, rows: ArrayLike<number>): Float32Array {
  const chosen = new Float32Array(rows.length * dimensions);
  for (let at = 0; at < rows.length; at++) {
    chosen.set(values.subarray(rows[at]! * dimensions, (rows[at]! + 1) * dimensions), at * dimensions);
  }
  return chosen;
}
