/**
 * A sweep as plain data: its cells, each a run, in the order of its file. How far a cell is, its run's own document says;
 * the sweep knows no more than whether it has been begun, and how it ended.
 */
import type { RunDocument, RunFailure, RunState } from './records.ts';

export type CellState = 'waiting' | RunState;

export interface SweepCell {
  /** What tells it from the others: "β 25 %, α 50 %, seed 1". */
  readonly label: string;
  readonly experiment: string;
  readonly run: string;
  /** Rounds that its settings ask for. */
  readonly rounds: number;
  readonly state: CellState;
  readonly failure: RunFailure | null;
}

export interface SweepDocument<Cell extends SweepCell = SweepCell> {
  readonly name: string;
  /** SHA-256 (hex) of the name and of the settings of all cells, in their order. */
  readonly sweepHash: string;
  /** Finished: no cell waits or runs; some may have failed. */
  readonly state: 'running' | 'finished' | 'cancelled';
  /** No cell is begun, and those under way are held, until somebody resumes it. */
  readonly paused: boolean;
  /** Cells that run at the same time, at most. */
  readonly maxParallel: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly cells: readonly Cell[];
}

/** How a cell came to its end. */
export type CellEnd = Pick<SweepCell, 'state' | 'failure'>;

/**
 * The cells of a file, with what is known of those that were there before. What has finished stays so. What was cancelled waits
 * again, and so does what was under way: who submits a sweep wants it. What failed would fail again, unless something
 * around it has changed.
 *
 * @param retryFailed failed cells wait again
 */
export function carriedOver<Cell extends SweepCell>(
  cells: readonly Cell[],
  known: readonly SweepCell[],
  retryFailed: boolean,
): Cell[] {
  const ends = new Map(known.map(({ run, state, failure }) => [run, { state, failure }]));
  return cells.map((cell) => {
    const end = ends.get(cell.run);
    const stays = end?.state === 'finished' || (end?.state === 'failed' && !retryFailed);
    return stays ? { ...cell, ...end } : cell;
  });
}

/** Nothing waits, and nothing runs. */
export const isOver = (cells: readonly SweepCell[]): boolean =>
  cells.every(({ state }) => state !== 'waiting' && state !== 'running');

/** A cell with what its run knows of itself, which is newer than what the sweep was told last. */
export interface CellProgress extends SweepCell {
  /** Null where it has left nothing yet. */
  readonly document: RunDocument | null;
}

/** Of a cell that waits or runs, the sweep knows best; one that was over for it may have been resumed by hand since. */
export function withRun(cell: SweepCell, document: RunDocument | null): CellProgress {
  if (document === null || cell.state === 'waiting' || cell.state === 'running') return { ...cell, document };
  return { ...cell, state: document.state, failure: document.failure, document };
}
