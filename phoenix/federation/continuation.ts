/** From where a run goes on: in a new execution, after it failed, or as another run that shares its first rounds. */
import type { FullRun, Ref, RunDocument, ServerState } from './records.ts';
import { actsDuring, changesResults, lastRound, thresholdIn, withClientsMoved } from './steering.ts';
import { emptyLedger } from './strikes.ts';
import { isTimingDependent, summaryOf } from './summary.ts';

/** What the next round, or the end of the run, begins with. */
export interface Models {
  /** What is averaged. */
  readonly base: Ref;
  /** Its moving average over the rounds; null before the first, and where none is kept. */
  readonly ema: Ref | null;
  /** What the server keeps beside it; nothing before the first round. */
  readonly serverState: ServerState;
  /** Every client's own block by client id; null where nothing is personal. */
  readonly personal: readonly (Ref | null)[];
  /** Of the newest round; none before the first. */
  readonly samples: readonly Ref[];
}

/** All that a run takes along from one execution to the next. */
export interface Continuation<Settings> {
  readonly document: RunDocument<Settings>;
  /** Null: everything before the first round is still to be done. */
  readonly models: Models | null;
}

/** After the last finished round of a run that is not open any more. What was done by hand stays done. */
export function continued<Settings>(run: FullRun<Settings>): Continuation<Settings> {
  return {
    document: { ...reopened(run), rounds: run.rounds.map(withoutRecord) },
    models: modelsAfter(run, run.rounds.length),
  };
}

/** From the beginning, but steered in the same rounds; of a fork, from where it left its parent. */
export function repeated<Settings>(run: FullRun<Settings>): Continuation<Settings> {
  const rounds = run.forkedFrom?.round ?? 0;
  return { document: cut(run, rounds), models: rounds === 0 ? null : modelsAfter(run, rounds) };
}

/** What a fork is called, and what is different in it. */
export interface Fork<Settings> {
  readonly run: string;
  readonly round: number;
  readonly settings: Settings;
  readonly settingsHash: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Another run whose first rounds are those of `parent`, with what had been done by hand up to then. */
export function forked<Settings>(parent: FullRun<Settings>, fork: Fork<Settings>): Continuation<Settings> {
  const { round, ...named } = fork;
  // What concerns rounds or threshold is in the settings of the fork.
  const steering = parent.steering.filter(
    ({ act, during }) => during <= round && (act.kind === 'disconnect' || act.kind === 'reinstate'),
  );
  const document = {
    ...cut(parent, round),
    ...named,
    forkedFrom: { run: parent.run, round },
    steering,
    steered: changesResults(steering),
    histories: [],
  };
  return { document, models: modelsAfter(parent, round) };
}

/** The rounds and the threshold that are in force once `round` is over, given those of the settings. */
export function inForceAfter(
  round: number,
  { steering }: Pick<RunDocument, 'steering'>,
  { rounds, threshold }: { readonly rounds: number; readonly threshold: number | null },
): { rounds: number; threshold: number | null } {
  const acts = steering.filter(({ during }) => during <= round);
  return { rounds: lastRound(rounds, acts), threshold: thresholdIn(round + 1, threshold, acts) };
}

const reopened = <Settings>(run: RunDocument<Settings>): RunDocument<Settings> => ({
  ...run,
  state: 'running',
  paused: false,
  finishedAt: null,
  failure: null,
  phase: run.rounds.length === 0 && run.initial === null ? 'data' : `round ${run.rounds.length + 1}`,
  final: null,
});

/** The document as it was after so many rounds. */
function cut<Settings>(run: FullRun<Settings>, rounds: number): RunDocument<Settings> {
  const { ledger } = run.rounds[rounds - 1] ?? { ledger: emptyLedger(run.ledger.clients.length) };
  const kept = run.rounds.slice(0, rounds).map(withoutRecord);
  return {
    ...reopened({ ...run, ...(rounds === 0 && nothingKnown), rounds: kept }),
    ledger: withClientsMoved(ledger, actsDuring(rounds, run.steering)),
    timingDependent: isTimingDependent(kept),
  };
}

/** What a run finds out before its first round, and does not know when it begins. */
export const nothingKnown = {
  clients: [],
  sharedImages: 0,
  partition: null,
  classifier: null,
  yardstick: null,
  untrained: null,
  warmup: null,
  initial: null,
  steps: [],
} satisfies Partial<RunDocument>;

function withoutRecord(full: FullRun['rounds'][number]): RunDocument['rounds'][number] {
  return { ...summaryOf(full, full.record), history: full.history };
}

/** @throws RangeError when the run has not come so far */
function modelsAfter(run: FullRun, rounds: number): Models | null {
  if (run.initial === null) {
    if (rounds === 0) return null;
    throw new RangeError(`${run.run} has no weights to go on from`);
  }
  const { base, personal } = run.initial;
  const blocks = new Map<number, Ref | null>();
  for (const { clients } of run.rounds.slice(0, rounds)) {
    for (const { client, training } of clients) blocks.set(client, training.model.personal);
  }
  const newest = run.rounds[rounds - 1];
  return {
    base: newest?.aggregated ?? base,
    serverState: newest?.serverState ?? {},
    ema: newest?.ema ?? null,
    personal: run.clients.map(({ id }) => blocks.get(id) ?? personal),
    samples: newest?.samples ?? [],
  };
}
