/** A sweep as text: a table of its cells, how far it is as a whole, and what went wrong. */
import type { CellProgress, CellState, SweepCell, SweepDocument } from '../federation/sweep.ts';
import { newestMetrics, roundsOf, stateInWords } from './cell-figures.ts';
import { fraction, significant } from './format.ts';
import { numeric, textTable } from './tables.ts';
import type { TimeLeft } from './time-left.ts';

type Sweep = SweepDocument<CellProgress>;

/** What the table may take up: characters, and lines without those of its header. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

const columns = [
  'cell',
  'state',
  ...['rounds', 'FID', 'IS', 'prec.', 'recall', 'left'].map(numeric),
] as const;

/** Labels are not cut to less. */
const SHORTEST = 8;

/**
 * One row per cell, in the order of the sweep's file, with its run where that has room.
 *
 * @param room where it is too little for all, those come first that are under way, and then those that have failed
 */
export function sweepTable({ cells }: Sweep, left: TimeLeft, room: Room | null = null): string {
  const shown = room === null || cells.length <= room.rows ? cells : foremost(cells, room.rows - 1);
  const hidden = cells.filter((cell) => !shown.includes(cell));
  const rest = hidden.length === 0 ? '' : `… and ${countedStates(hidden)}\n`;
  return fitted(shown, left, room?.columns ?? Infinity) + rest;
}

function fitted(cells: readonly CellProgress[], left: TimeLeft, widest: number): string {
  const figures = cells.map((cell) => figuresOf(cell, left));
  const drawn = (longest: number): string =>
    textTable(
      columns,
      cells.map(({ label }, at) => [cut(label, longest), ...figures[at]!]),
    );
  const withRuns = textTable(
    [...columns, 'run'],
    cells.map(({ label, run }, at) => [label, ...figures[at]!, run]),
  );
  if (widthOf(withRuns) <= widest) return withRuns;
  const longest = Math.max(...cells.map(({ label }) => label.length));
  const excess = widthOf(drawn(longest)) - widest;
  return drawn(excess <= 0 ? longest : Math.max(SHORTEST, longest - excess));
}

const widthOf = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

/** Cut with "…", which counts. */
export const cut = (line: string, longest: number): string =>
  line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;

function figuresOf(cell: CellProgress, left: TimeLeft): string[] {
  const { done, total } = roundsOf(cell);
  return [
    stateInWords(cell),
    `${done}/${total}`,
    ...metricsOf(cell),
    roughly(left.cells.get(cell.run) ?? null),
  ];
}

function metricsOf(cell: CellProgress): string[] {
  const metrics = newestMetrics(cell);
  if (!metrics) return ['–', '–', '–', '–'];
  const { fid, inceptionScore, precision, recall } = metrics;
  return [significant(fid), inceptionScore.mean.toFixed(2), fraction(precision), fraction(recall)];
}

/** The order in which they matter to whoever looks. */
const states: readonly CellState[] = ['running', 'failed', 'cancelled', 'finished', 'waiting'];

const foremost = (cells: readonly CellProgress[], most: number): readonly CellProgress[] =>
  cells.toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state)).slice(0, Math.max(1, most));

/** "2 running, 1 failed, 73 waiting". */
export const countedStates = (cells: readonly { readonly state: CellState }[]): string =>
  states
    .map((state) => ({ state, count: cells.filter((cell) => cell.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');

/** "1 cell", "6 cells" */
export const countedCells = ({ length }: readonly unknown[]): string =>
  `${length} ${length === 1 ? 'cell' : 'cells'}`;

/** "table3: running, about 3 h 12 min left, 24 of 60 rounds, 6 cells (1 running, 2 finished, 3 waiting)". */
export function sweepSummary({ name, state, paused, cells }: Sweep, left: TimeLeft): string {
  const rounds = cells.map(roundsOf);
  const sum = (of: 'done' | 'total'): number => rounds.reduce((total, each) => total + each[of], 0);
  return [
    `${name}: ${state === 'running' && paused ? 'paused' : state}`,
    ...(left.sweep === null ? [] : [`about ${roughly(left.sweep)} left`]),
    `${sum('done')} of ${sum('total')} rounds`,
    `${countedCells(cells)} (${countedStates(cells)})`,
  ].join(', ');
}

/** One line for each cell that has failed. */
export const failures = ({ cells }: Sweep): string[] =>
  cells
    .filter(({ state }) => state === 'failed')
    .map((cell) => `${cell.label} (${cell.run}) failed: ${whyFailed(cell) ?? 'nobody knows why'}`);

/** In one line; null of a cell that has not failed. */
export const whyFailed = ({ failure }: Pick<SweepCell, 'failure'>): string | null =>
  failure && failure.message.replaceAll(/\s*\n\s*/g, ' ');

/** "42 s", "12 min", "3 h 12 min", "2 d 3 h": an estimate is no better than that. */
export function roughly(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
