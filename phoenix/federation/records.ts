/**
 * What a run leaves behind, as plain data: the records that the workflows write and that `show`, `status` and the
 * report read. Tensors and images are named by reference, never embedded.
 */
import type { Ledger } from './strikes.ts';

/** An immutable object in the store: SHA-256 (hex) of its exact body, and its length in bytes. */
export interface Ref {
  readonly hash: string;
  readonly bytes: number;
}

/** How a step's result came about, so that every number can be traced. */
export interface StepTrace {
  /** Step key: SHA-256 (hex) of all that the result depends on. */
  readonly key: string;
  /** The result was there already. */
  readonly reused: boolean;
  /** `done` of the checkpoint that the attempt which finished the step went on from; null if it did the whole step. */
  readonly resumedFrom: number | null;
  /** Parts of it were computed on machines that may differ in the last bit. */
  readonly mixed: boolean;
}

/** What every step's activity returns. */
export interface Outcome<R> {
  readonly result: R;
  readonly step: StepTrace;
}

/** A model in two parts: what is averaged, and what stays with its client (null where nothing is personal). */
export interface ModelRef {
  readonly base: Ref;
  readonly personal: Ref | null;
}

export interface ClientRecord {
  readonly id: number;
  /** Classes of the client's own partition, ascending. */
  readonly classes: readonly number[];
  /** Images of the own partition, and of the shared set G merged into it. */
  readonly ownImages: number;
  readonly sharedImages: number;
}

export interface TrainingRecord {
  readonly model: ModelRef;
  /** Images in the training set: the client's weight in the average. */
  readonly examples: number;
  readonly steps: number;
  /** Mean loss (noise MSE) of the first and the last tenth of the steps. */
  readonly firstLoss: number;
  readonly lastLoss: number;
}

export interface Metrics {
  readonly samples: number;
  readonly referenceImages: number;
  readonly fid: number;
  readonly inceptionScore: { readonly mean: number; readonly std: number };
  readonly precision: number;
  readonly recall: number;
  /** Number of samples that the classifier gives to each class, in class order. */
  readonly classCounts: readonly number[];
}

export interface ClientRoundRecord {
  readonly client: number;
  readonly training: TrainingRecord;
  /** Of the client's own samples after local training; null before filtering starts. */
  readonly metrics: Metrics | null;
}

export interface RoundRecord {
  readonly round: number;
  readonly clients: readonly ClientRoundRecord[];
  readonly aggregated: Ref;
  /** Of the union of samples from the active clients' own models. */
  readonly metrics: Metrics | null;
  readonly samples: readonly Ref[];
  /** Clients marked poor this round, and those removed by it (ascending). */
  readonly poor: readonly number[];
  readonly removed: readonly number[];
  readonly startedAt: string;
  readonly finishedAt: string;
}

export type RunState = 'running' | 'finished' | 'failed' | 'cancelled';

export interface RunDocument<Settings = unknown> {
  readonly run: string;
  readonly experiment: string;
  readonly settingsHash: string;
  readonly settings: Settings;
  readonly state: RunState;
  /** What is going on, in a few words: "round 2", "warm-up", "finished". */
  readonly phase: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly clients: readonly ClientRecord[];
  readonly sharedImages: number;
  /** Trained classifier whose features every metric of the run uses. */
  readonly classifier: { readonly weights: Ref; readonly testAccuracy: number } | null;
  /** Metrics of samples from the untrained network: the scale on which the others are read. */
  readonly untrained: Metrics | null;
  readonly warmup: TrainingRecord | null;
  readonly rounds: readonly RoundRecord[];
  readonly ledger: Ledger;
  readonly final: FinalRecord | null;
}

export interface FinalRecord {
  /** SHA-256 over the canonical JSON of `global` and `personal`: the one hash that names the trained weights. */
  readonly weightsHash: string;
  readonly global: Ref;
  readonly personal: readonly { readonly client: number; readonly ref: Ref }[];
  readonly samples: readonly Ref[];
  /** 10 × 10 sample grid, PNG. */
  readonly grid: Ref;
}
