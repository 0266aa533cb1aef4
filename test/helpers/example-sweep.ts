/** Sweeps whose cells have gone through rounds of given times. */
import type { RoundSummary, RunDocument } from '../../phoenix/federation/records.ts';
import type { CellProgress, SweepDocument } from '../../phoenix/federation/sweep.ts';
import { exampleMetrics } from './example-metrics.ts';

export const minute = 60_000;

/** Minutes since the sweep was started. */
export const at = (minutes: number): string =>
  new Date(Date.parse('2026-11-23T14:00:00.000Z') + minutes * minute).toISOString();

/** @param spans start and end of each round, in minutes since the sweep was started */
export function exampleCell(
  cell: Partial<CellProgress> & Pick<CellProgress, 'run'>,
  spans: readonly (readonly [number, number])[] | null = null,
  changes: Partial<RunDocument> = {},
): CellProgress {
  const rounds = (spans ?? []).map(
    ([start, end], index) =>
      ({
        round: index + 1,
        metrics: exampleMetrics({ fid: 12 / (index + 1) }),
        startedAt: at(start),
        finishedAt: at(end),
      }) as RoundSummary,
  );
  const state = cell.state ?? 'running';
  const document = {
    run: cell.run,
    experiment: 'tiny',
    state,
    paused: false,
    phase: `round ${rounds.length + 1}`,
    failure: null,
    steering: [],
    rounds,
    ...changes,
  };
  return {
    label: cell.run,
    experiment: 'tiny',
    rounds: 10,
    state,
    failure: null,
    document: spans === null ? null : (document as unknown as RunDocument),
    ...cell,
  };
}

export const exampleSweep = <Cell extends CellProgress>(
  cells: readonly Cell[],
  changes: Partial<SweepDocument> = {},
): SweepDocument<Cell> => ({
  name: 'table3',
  sweepHash: 'ab'.repeat(32),
  state: 'running',
  paused: false,
  maxParallel: 2,
  startedAt: at(0),
  finishedAt: null,
  ...changes,
  cells,
});
