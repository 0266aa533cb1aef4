/**
 * How long a sweep and its cells will go on, from how long their rounds have taken so far. Cells that run at the same time
 * share the workers, and their times tell so: what a round took beside others is what it will take beside others. What comes
 * before a cell's first round and after its last is not in it.
 */
import type { CellProgress, SweepDocument } from '../federation/sweep.ts';
import { roundsOf } from './cell-figures.ts';

export interface TimeLeft {
  /** Milliseconds until the last cell has gone through its rounds; null: nothing can be said. */
  readonly sweep: number | null;
  /** The same for cells that run, by run; a cell that is not there cannot be told about. */
  readonly cells: ReadonlyMap<string, number>;
}

/** A round, in milliseconds since 1970. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Of its cell. With `evaluation.rounds: last` it takes several times as long as others. */
  readonly isLast: boolean;
}

/** A round counts so much less than the one after it. */
const FADING = 0.7;

/** So many rounds for each cell that may run at a time tell how fast rounds come. */
const ROUNDS_PER_CELL = 4;

/** @param now milliseconds since 1970 */
export function timeLeft(sweep: SweepDocument<CellProgress>, now: number): TimeLeft {
  const cells = new Map<string, number>();
  if (sweep.state !== 'running' || sweep.paused) return { sweep: null, cells };
  const all = newestFirst(sweep.cells.flatMap(spansOf));
  const last = costOfLast(sweep.cells);
  for (const cell of sweep.cells) {
    const left = cellLeft(cell, all, last, now);
    if (left !== null) cells.set(cell.run, left);
  }
  const together = sweepLeft(sweep, all, last, now);
  // One that has fallen behind keeps the sweep open when all others are through.
  return { sweep: together === null ? null : Math.max(together, ...cells.values()), cells };
}

/** How many times as long as its others a cell's last round takes; 1 before any cell has come so far. */
function costOfLast(cells: readonly CellProgress[]): number {
  const costs = cells.flatMap((cell) => {
    const [last, ...others] = newestFirst(spansOf(cell));
    const other = typicalLength(others);
    return last?.isLast && other ? [(last.end - last.start) / other] : [];
  });
  return costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) / costs.length : 1;
}

/**
 * Before its first round is over, a cell is taken to be like its siblings. Null also once its last round takes longer than
 * it should.
 */
function cellLeft(cell: CellProgress, all: readonly Span[], last: number, now: number): number | null {
  const { done, total } = roundsOf(cell);
  if (cell.state !== 'running' || cell.document?.paused || done >= total) return null;
  const own = newestFirst(spansOf(cell));
  const round = typicalLength(own.length > 0 ? own : all.filter(({ isLast }) => !isLast));
  if (round === null) return null;
  const next = done + 1 === total ? last * round : round;
  const underWay = own.length > 0 ? clamped(now - own[0]!.end, next) : 0;
  return positive((total - done - 1 + last) * round - underWay);
}

function sweepLeft(
  { cells, maxParallel }: SweepDocument<CellProgress>,
  all: readonly Span[],
  last: number,
  now: number,
): number | null {
  const rounds = cells
    .filter(({ state }) => state === 'waiting' || state === 'running')
    .map(roundsOf)
    .filter(({ done, total }) => done < total)
    .reduce((sum, { done, total }) => sum + total - done - 1 + last, 0);
  const interval = intervalOf(all, last, ROUNDS_PER_CELL * maxParallel);
  return interval && positive(rounds * interval - clamped(now - all[0]!.end, interval));
}

/** Mean in which the newest count most; null of none. */
function typicalLength(spans: readonly Span[]): number | null {
  if (spans.length === 0) return null;
  const weights = spans.map((_, age) => FADING ** age);
  const weighted = spans.reduce((sum, { start, end }, age) => sum + weights[age]! * (end - start), 0);
  return weighted / weights.reduce((sum, weight) => sum + weight, 0);
}

/**
 * Time from the end of one round, of whichever cell, to the end of the next, while there was one under way: a night in which
 * the machine was off does not count. Null: no round has taken any time.
 *
 * @param spans newest first
 * @param last so many rounds is a last one
 * @param most so many of the newest are looked at
 */
function intervalOf(spans: readonly Span[], last: number, most: number): number | null {
  const recent = spans.slice(0, most);
  const from = spans[most]?.end ?? Math.min(...recent.map(({ start }) => start));
  let busy = 0;
  let covered = from;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    busy += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  const rounds = recent.reduce((sum, { isLast }) => sum + (isLast ? last : 1), 0);
  return busy > 0 ? busy / rounds : null;
}

function spansOf(cell: CellProgress): Span[] {
  const { total } = roundsOf(cell);
  return (cell.document?.rounds ?? []).map(({ round, startedAt, finishedAt }) => ({
    start: Date.parse(startedAt),
    end: Date.parse(finishedAt),
    isLast: round === total,
  }));
}

const newestFirst = (spans: readonly Span[]): Span[] => spans.toSorted((a, b) => b.end - a.end);

const clamped = (value: number, most: number): number => Math.min(Math.max(0, value), most);

const positive = (value: number): number | null => (value > 0 ? value : null);
