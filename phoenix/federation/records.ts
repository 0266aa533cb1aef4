/**
 * What a run leaves behind, as plain data: the records that the workflows write and that `show`, `status` and the
 * report read. Tensors, images and whole rounds are named by reference, never embedded.
 */
import type { ClientMetrics, Metrics } from './metrics.ts';
import type { PrivacySpent } from './privacy/accountant.ts';
import type { SteeringAct } from './steering.ts';
import type { LateClient } from './stragglers.ts';
import type { Ledger } from './strikes.ts';

/** An immutable object in the store: SHA-256 (hex) of its exact body, and its length in bytes. */
export interface Ref {
  readonly hash: string;
  readonly bytes: number;
}

/** What a strategy's server keeps from round to round: vectors as long as the model, by name. */
export type ServerState = Readonly<Record<string, Ref>>;

/** What a strategy makes of the clients' models. */
export interface Aggregate {
  readonly model: Ref;
  /** What the models that it was made from weigh together. */
  readonly weight: number;
  readonly state: ServerState;
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

/** A step of a run under its label: "round 2 · client 3 · train, 4,000 images". */
export interface StepRecord extends StepTrace {
  readonly label: string;
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
  /** Updates of the weights. */
  readonly steps: number;
  /** Mean loss of the first and the last tenth of the steps: noise MSE (with FedProx its term too), or the generator's cross entropy. */
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Where a target could end it before its time: whether it was met. */
  readonly reached?: boolean;
}

export interface ClientRoundRecord {
  readonly client: number;
  readonly training: TrainingRecord;
  /** Of the client's own samples after local training; null before filtering starts. */
  readonly metrics: ClientMetrics | null;
}

/** A whole round: an object of its own in the store, since hundreds of them fit into no message. */
export interface RoundRecord {
  readonly round: number;
  /** Those that trained, by ascending id. */
  readonly clients: readonly ClientRoundRecord[];
  /** Those that were drawn too, and did not make the deadline. */
  readonly late: readonly LateClient[];
  readonly aggregated: Ref;
  readonly serverState: ServerState;
  /** Moving average of the aggregated weights; null where none is kept. */
  readonly ema: Ref | null;
  /** Average of the remaining clients' personal layers, where the metrics are of one model with it; null elsewhere. */
  readonly personalAverage: Ref | null;
  /** By the averages of this round and all before it; null where none is protected. */
  readonly privacy: PrivacySpent | null;
  /** Of the union of samples from the active clients' own models, or of the one that stands for all. */
  readonly metrics: Metrics | null;
  readonly samples: readonly Ref[];
  /** Clients marked poor this round, and those removed by it (ascending). */
  readonly poor: readonly number[];
  readonly removed: readonly number[];
  /** As the round's verdict left it. */
  readonly ledger: Ledger;
  /** In the order in which they were scheduled. */
  readonly steps: readonly StepRecord[];
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What the run's document keeps of a round. */
export interface RoundSummary extends Pick<
  RoundRecord,
  'round' | 'personalAverage' | 'privacy' | 'metrics' | 'poor' | 'removed' | 'startedAt' | 'finishedAt'
> {
  /** The `RoundRecord`, as canonical JSON. */
  readonly record: Ref;
  /** Null when the server had forgotten it. */
  readonly history: KeptHistory | null;
  /** Number of clients that trained, and the mean of their losses at last. */
  readonly participants: number;
  /** Number of those that did not make the deadline. */
  readonly stragglers: number;
  readonly meanLoss: number;
}

export type RunState = 'running' | 'finished' | 'failed' | 'cancelled';

/** Why a run failed: the name of the error that its step ended with, and what it said. */
export interface RunFailure {
  readonly type: string;
  readonly message: string;
}

/** What the server knew of a workflow, kept in the store. */
export interface KeptHistory {
  readonly workflow: string;
  /** Gzipped protobuf. */
  readonly ref: Ref;
}

export interface RunDocument<Settings = unknown> {
  readonly run: string;
  readonly experiment: string;
  readonly settingsHash: string;
  readonly settings: Settings;
  readonly state: RunState;
  /** Nothing is scheduled until somebody resumes it. */
  readonly paused: boolean;
  /** What is going on, in a few words: "round 2", "warm-up", "finished". */
  readonly phase: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly failure: RunFailure | null;
  /** The run whose first rounds this one has taken over, up to and with `round`. */
  readonly forkedFrom: { readonly run: string; readonly round: number } | null;
  /** Everything that was done to the run by hand, in order. */
  readonly steering: readonly SteeringAct[];
  /** Something of that changed what comes out: the run is not what its settings alone would give. */
  readonly steered: boolean;
  /** Clients missed a deadline: who took part was a matter of time, and the run is not what its settings alone give. */
  readonly timingDependent: boolean;
  readonly clients: readonly ClientRecord[];
  readonly sharedImages: number;
  /** Which training images belong to whom; null until they are divided. */
  readonly partition: Ref | null;
  /** Whose features every metric of the run uses, where the run has trained it itself. */
  readonly classifier: { readonly weights: Ref; readonly testAccuracy: number } | null;
  /** What the metrics compare with. */
  readonly yardstick: Yardstick | null;
  /** Metrics of samples from the untrained network: the scale on which the others are read. */
  readonly untrained: Metrics | null;
  readonly warmup: TrainingRecord | null;
  /** What the first round starts from; null until it is known. */
  readonly initial: ModelRef | null;
  /** Of everything before the first round. */
  readonly steps: readonly StepRecord[];
  readonly rounds: readonly RoundSummary[];
  readonly ledger: Ledger;
  readonly final: FinalRecord | null;
  /** Of the run's own executions, and of rounds that failed. */
  readonly histories: readonly KeptHistory[];
}

/** A run with all that the store has of its rounds. */
export interface FullRun<Settings = unknown> extends RunDocument<Settings> {
  readonly rounds: readonly (RoundSummary & RoundRecord)[];
}

/** Where the run's metrics come from. */
export interface Yardstick {
  /** Weights of the network whose features are compared. */
  readonly extractor: Ref;
  /** Features of the test images. */
  readonly reference: Ref;
}

export interface FinalRecord {
  /** SHA-256 over the canonical JSON of `global` and `personal`: the one hash that names the trained weights. */
  readonly weightsHash: string;
  /** The last round's moving average where one is kept, its aggregated weights otherwise. */
  readonly global: Ref;
  readonly personal: readonly { readonly client: number; readonly ref: Ref }[];
  readonly samples: readonly Ref[];
  /** 10 × 10 sample grid, PNG. */
  readonly grid: Ref;
  readonly steps: readonly StepRecord[];
}
