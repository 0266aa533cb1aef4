/**
 * How a run's final weights came about: the steps that lead to them, from the division of the images to the last average.
 * Samples and metrics lead nowhere and are left out.
 */
import type { FullRun, Ref, StepRecord } from '../federation/records.ts';

export interface LineageStep {
  /** "round 2 · client 3 · train, 4,000 images". */
  readonly label: string;
  /** What it starts from, in words: "average of round 1". */
  readonly from: string;
  /** What it gives; null where the run has not kept its hash: parts of a warm-up, groups of an average. */
  readonly gives: Ref | null;
  /** Of a client's own layers, beside what is averaged. */
  readonly personal: Ref | null;
  /** Null where the run has kept no trace of the step. */
  readonly trace: StepRecord | null;
}

/** In the order of the computation; only what has been done so far. */
export function lineageOf(run: FullRun): LineageStep[] {
  const { partition, initial, warmup, rounds } = run;
  const before = (beginning: string) => run.steps.filter(({ label }) => label.startsWith(beginning));
  const parts = before('warm-up').filter(({ label }) => label.includes('· train'));
  // The run's initial model is the warm-up's where there was one.
  const untrained = warmup ? null : initial;
  return [
    ...before('divide').map((trace) => stepOf(trace, 'images and seed', partition)),
    ...before('initial weights').map((trace) =>
      stepOf(trace, 'seed', untrained?.base ?? null, untrained?.personal ?? null),
    ),
    ...parts.map((trace, i) => {
      const model = i === parts.length - 1 ? warmup?.model : null;
      return stepOf(
        trace,
        `${i === 0 ? 'initial weights' : `warm-up ${i}`}, shared images`,
        model?.base ?? null,
        model?.personal ?? null,
      );
    }),
    ...rounds.flatMap((round, at) => stepsOfRound(round, startOf(run, at))),
  ];
}

const startOf = ({ warmup, rounds }: FullRun, at: number): string => {
  if (at > 0) return `average of round ${rounds[at - 1]!.round}`;
  return warmup ? 'warm-up' : 'initial weights';
};

function stepsOfRound(round: FullRun['rounds'][number], start: string): LineageStep[] {
  const own = `round ${round.round}`;
  const find = (beginning: string) => round.steps.findLast(({ label }) => label.startsWith(beginning));
  const averages = round.steps.filter(
    ({ label }) => label.startsWith(`${own} · average of `) && !label.includes('personal layers'),
  );
  const average = averages.at(-1);
  const moving = find(`${own} · moving average`);
  return [
    ...round.clients.map(({ client, training }) => {
      const label = `${own} · client ${client} · train`;
      const trace = find(label) ?? null;
      const { base, personal } = training.model;
      const from = personal ? `${start}, own layers, own images` : `${start}, own images`;
      return { label: trace?.label ?? label, from, gives: base, personal, trace };
    }),
    ...averages.slice(0, -1).map((trace) => stepOf(trace, 'models of these clients', null)),
    {
      label: average?.label ?? `${own} · average`,
      from: averages.length > 1 ? 'these averages' : 'models of these clients',
      gives: round.aggregated,
      personal: null,
      trace: average ?? null,
    },
    ...(moving ? [stepOf(moving, 'average of this round and all before', round.ema)] : []),
  ];
}

const stepOf = (
  trace: StepRecord,
  from: string,
  gives: Ref | null,
  personal: Ref | null = null,
): LineageStep => ({ label: trace.label, from, gives, personal, trace });
