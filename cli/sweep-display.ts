/** A sweep for people: a table that is drawn anew in its place on a terminal, a line for each change everywhere else. */
import { clearScreenDown, moveCursor } from 'node:readline';
import type { WriteStream } from 'node:tty';
import type { CellProgress, SweepDocument } from '../phoenix/federation/sweep.ts';
import { roundsOf, stateInWords } from '../phoenix/report/cell-figures.ts';
import { fraction, significant } from '../phoenix/report/format.ts';
import {
  cut,
  failures,
  roughly,
  sweepSummary,
  sweepTable,
  whyFailed,
} from '../phoenix/report/sweep-table.ts';
import type { TimeLeft } from '../phoenix/report/time-left.ts';

type Sweep = SweepDocument<CellProgress>;

export interface SweepDisplay {
  /** News that stays. */
  say(line: string): void;
  /** How the sweep stands at this moment. */
  show(sweep: Sweep, left: TimeLeft): void;
  /** Leaves the screen to others. */
  close(): void;
}

/** @param stream standard output, or standard error where the output is data */
export const sweepDisplayOn = (stream: WriteStream): SweepDisplay =>
  stream.isTTY ? new LiveTable(stream) : new LineOfChanges((line) => stream.write(`${line}\n`));

export class LineOfChanges implements SweepDisplay {
  readonly #write: (line: string) => void;
  #shown: Sweep | null = null;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  say(line: string): void {
    this.#write(line);
  }

  show(sweep: Sweep, left: TimeLeft): void {
    const before = this.#shown;
    this.#shown = sweep;
    if (!before || before.paused !== sweep.paused || before.cells.length !== sweep.cells.length)
      this.#write(sweepSummary(sweep, left));
    const known = new Map(before?.cells.map((cell) => [cell.run, changing(cell)]));
    for (const cell of sweep.cells) {
      const isNews = before ? known.get(cell.run) !== changing(cell) : cell.state === 'running';
      if (isNews) this.#write(inOneLine(cell, left));
    }
  }

  close(): void {}
}

const changing = (cell: CellProgress): string => `${stateInWords(cell)} ${roundsOf(cell).done}`;

/** "β 25 %, α 50 %: running, 3 of 10 rounds, FID 0.912, precision 0.613, recall 0.402, about 12 min left". */
function inOneLine(cell: CellProgress, left: TimeLeft): string {
  const { label, run, document } = cell;
  const reason = whyFailed(cell);
  const { done, total } = roundsOf(cell);
  const metrics = document?.rounds.at(-1)?.metrics;
  const remaining = left.cells.get(run);
  return [
    `${label}: ${stateInWords(cell)}`,
    `${done} of ${total} rounds`,
    ...(metrics
      ? [
          `FID ${significant(metrics.fid)}`,
          `precision ${fraction(metrics.precision)}`,
          `recall ${fraction(metrics.recall)}`,
        ]
      : []),
    ...(reason ? [reason] : []),
    ...(remaining === undefined ? [] : [`about ${roughly(remaining)} left`]),
  ].join(', ');
}

/** Lines besides rows of cells: the summary, the header of the table, what is hidden, the hint, and where the cursor stands. */
const AROUND = 7;

/** For terminals that say 0 × 0, as those of containers and scripts may. */
const USUAL = { columns: 80, rows: 24 };

class LiveTable implements SweepDisplay {
  readonly #stream: WriteStream;
  #lines: readonly string[] = [];

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  say(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
    this.#draw();
  }

  show(sweep: Sweep, left: TimeLeft): void {
    const columns = this.#stream.columns || USUAL.columns;
    const rows = this.#stream.rows || USUAL.rows;
    const failed = failures(sweep).slice(0, Math.max(1, Math.floor(rows / 4)));
    const room = { columns: columns - 1, rows: Math.max(3, rows - AROUND - failed.length) };
    const lines = [
      sweepSummary(sweep, left),
      '',
      ...sweepTable(sweep, left, room).trimEnd().split('\n'),
      ...failed,
      'Ctrl-C leaves it running.',
    ];
    this.#erase();
    // A line that breaks would be two lines to erase.
    this.#lines = lines.map((line) => cut(line, columns - 1));
    this.#draw();
  }

  close(): void {
    this.#erase();
    this.#lines = [];
  }

  #erase(): void {
    if (this.#lines.length === 0) return;
    moveCursor(this.#stream, 0, -this.#lines.length);
    clearScreenDown(this.#stream);
  }

  #draw(): void {
    for (const line of this.#lines) this.#stream.write(`${line}\n`);
  }
}
