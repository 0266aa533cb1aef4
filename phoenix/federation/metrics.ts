/** What is measured of a set of samples, as plain data: the figures that records and reports carry. */

/** How far samples are from real images in one layer of a network. */
export interface Distances {
  /** Of the layer. */
  readonly dimensions: number;
  readonly fid: number;
  /** Over subsets. */
  readonly kid: { readonly mean: number; readonly std: number };
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
  /** 95 %: where the figure may be for other samples from the same model. */
  readonly intervals: Readonly<
    Record<'fid' | 'precision' | 'recall' | 'density' | 'coverage', readonly [low: number, high: number]>
  >;
  /** What to bear in mind when reading them, a line each. */
  readonly warnings: readonly string[];
}

/** Figures of the standard layer, and beside them those of the paper's. */
export interface Metrics extends Distances {
  readonly samples: number;
  readonly referenceImages: number;
  /** The network whose layers they are of, and whose logits the score is of: two extractors' figures cannot be compared. */
  readonly extractor: string;
  /** In 64 dimensions, as the paper's values suggest; null where the extractor has no such layer. */
  readonly paper: Distances | null;
  readonly inceptionScore: { readonly mean: number; readonly std: number };
  /** The network that names classes. */
  readonly labeller: string;
  /** Number of samples that it gives to each class, in class order. */
  readonly classCounts: readonly number[];
  /** Share of the samples that would have to be of another class for all to be equally frequent, 0…1. */
  readonly distanceFromUniform: number;
  /** What that is on average for as many samples that are: less says nothing. */
  readonly distanceByChance: number;
}

/** What a round's record keeps of a client's metrics, for there may be a thousand clients; the step that measured them has the rest. */
export type ClientMetrics = Pick<
  Metrics,
  'samples' | 'fid' | 'inceptionScore' | 'precision' | 'recall' | 'classCounts'
>;
