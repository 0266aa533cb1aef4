/** A benchmark: what is measured, at which settings, and what is good enough. */
export type ModelName = 'small' | 'full';
export type Part =
  | 'out'
  | 'in'
  | 'steps'
  | 'trainers'
  | 'client-round'
  | 'activities'
  | 'events'
  | 'orchestrator'
  | 'GPU worker'
  | 'time'
  | 'memory'
  | 'precision'
  | 'recall'
  | 'distance';
export type Unit = 'seconds' | 'share' | 'count' | 'bytes';

/** What a case is measured at; the same object goes to our side and to the peer's. */
export interface Setting {
  readonly model?: ModelName;
  /** Images per step. */
  readonly batch?: number;
  /** Of a checkpoint: its way out or in. Of memory: over steps or over trainers. Of a federation: what is counted. */
  readonly part?: Part;
  /** Size of the model that every client sends, in float32 numbers. */
  readonly parameters?: number;
}

export interface Bar extends Setting {
  /** Where it is another one than the benchmark's. */
  readonly unit?: Unit;
  /** Largest value that is good enough, in the bar's unit. */
  readonly limit?: number;
  /** Largest multiple of the peer's median that is good enough. */
  readonly ratioLimit?: number;
}

export interface Benchmark {
  readonly title: string;
  readonly unit: Unit;
  /** Unmeasured runs of each side before the first round. */
  readonly warmUps: number;
  /** Measured runs of each side unless `--rounds` says otherwise. */
  readonly rounds: number;
  /** Name of the peer's program in `bench/peers`; null where nothing is comparable. */
  readonly peer: string | null;
  /** What can be chosen on the command line beside rounds. */
  readonly choices: readonly ('model' | 'batch')[];
  /** Each round is a new process, timed from its start to the end of its first run. */
  readonly fromStart?: true;
  /** One run gives the values of all bars, in their order: nothing but their `part` tells them apart. */
  readonly together?: true;
  readonly bars: readonly Bar[];
}

/** What both sides are told of a bar: all but how it is shown and judged. */
export const settingOf = (bar: Bar): Setting =>
  Object.fromEntries(Object.entries(bar).filter(([key]) => !/^unit$|limit$/i.test(key)));
