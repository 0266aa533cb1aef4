/** Kills and their consequences, for people. */
import { quantile } from '../bench/statistics.ts';
import { duration } from '../phoenix/report/format.ts';
import { numeric, textTable } from '../phoenix/report/tables.ts';
import type { Outcome } from './outcome.ts';
import { victims } from './plan.ts';
import type { FinishedRun, ToldKill } from './runs.ts';

/** Of experiments/chaos.yaml. */
const CHECKPOINT_SECONDS = 5;

export interface DisturbedRun extends FinishedRun {
  /** Parts of the outcome that are not what the undisturbed run gave. */
  readonly differences: readonly (keyof Outcome)[];
}

export interface ChaosReport {
  readonly kills: number;
  readonly seed: number;
  readonly undisturbed: FinishedRun;
  readonly runs: readonly DisturbedRun[];
  /** Why a run never came to its end; null: all of them did. */
  readonly failure: string | null;
  /** After the GPU worker or its engine was killed during a training. */
  readonly recovery: Recovery;
  /** All kills were made, and each run ended by itself as the undisturbed one did. */
  readonly passed: boolean;
}

/** Median and largest; null without any. */
export interface Spread {
  readonly median: number;
  readonly max: number;
}

export interface Recovery {
  /** Seconds from the kill until the run was seen to get further. */
  readonly furtherAfter: Spread | null;
  /** Seconds of work since the last checkpoint. */
  readonly lost: Spread | null;
}

export function recoveryOf(kills: readonly ToldKill[]): Recovery {
  const trainings = kills.filter(
    ({ victim, during }) =>
      (victim === 'gpu-worker' || victim === 'engine') && during?.label.includes('train,'),
  );
  return {
    furtherAfter: spread(trainings.map(({ furtherAfter }) => furtherAfter)),
    lost: spread(trainings.map(({ lost }) => lost && lost.seconds)),
  };
}

/** "12  engine · during round 2 · client 0 · train, 980 images (412 done) · back after 0.5 s · further after 3.1 s · lost 57 (0.9 s)" */
export function killLine({ number, victim, during, backAfter, furtherAfter, lost }: ToldKill): string {
  const parts = [
    `${String(number).padStart(3)}  ${victim.padEnd(19)}`,
    during ? `during ${during.label} (${during.done} done)` : 'between two steps',
    backAfter === null ? 'not needed again' : `back after ${seconds(backAfter)}`,
    furtherAfter === null ? 'the run was at its end' : `further after ${seconds(furtherAfter)}`,
    ...(lost ? [`lost ${lost.work} (${seconds(lost.seconds)})`] : []),
  ];
  return parts.join(' · ');
}

export function chaosTable(report: ChaosReport): string {
  const kills = report.runs.flatMap((run) => run.kills);
  const rows = victims.map((victim) => {
    const own = kills.filter((one) => one.victim === victim);
    return [
      victim,
      String(own.length),
      shown(spread(own.map(({ backAfter }) => backAfter))),
      shown(spread(own.map(({ furtherAfter }) => furtherAfter))),
      shown(spread(own.map(({ lost }) => lost && lost.seconds))),
    ];
  });
  return textTable(
    ['killed', ...['times', 'back after', 'run further after', 'work lost'].map(numeric)],
    rows,
  );
}

/** The last words: what was lost, and whether it was the same. */
export function verdict({ runs, kills, failure, recovery, undisturbed, passed }: ChaosReport): string {
  const made = runs.reduce((sum, run) => sum + run.kills.length, 0);
  const same = runs.filter(({ differences }) => differences.length === 0);
  const took = runs.reduce((sum, run) => sum + run.seconds, 0);
  return [
    `training after the worker or its engine was killed: goes on after ${limited(recovery.furtherAfter, 15)}, ` +
      `lost ${limited(recovery.lost, CHECKPOINT_SECONDS)}`,
    `undisturbed: ${duration(undisturbed.seconds * 1000)}; ${runs.length} runs with kills: ${duration(took * 1000)}`,
    ...runs.flatMap(({ differences }, i) =>
      differences.length === 0 ? [] : [`run ${i + 1} differs in ${differences.join(', ')}`],
    ),
    ...(failure === null ? [] : [failure]),
    `${passed ? 'PASSED' : 'FAILED'}: ${made} of ${kills} kills, ${same.length} of ${runs.length} runs with the same weights ` +
      `(${undisturbed.outcome.weightsHash}), metrics and ledger as undisturbed; ` +
      `${failure === null ? 0 : 1} runs lost, nothing repaired by hand`,
  ].join('\n');
}

function spread(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : { median: quantile(known, 0.5), max: quantile(known, 1) };
}

/** Seconds, with what they should stay below. */
const limited = (value: Spread | null, limit: number): string =>
  value ? `${shown(value)} (limit ${limit} s ${value.max <= limit ? '✓' : '✗'})` : '–';

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const shown = (value: Spread | null): string =>
  value ? `${seconds(value.median)}, at most ${seconds(value.max)}` : '–';
