/** A sweep followed to its end, and what is said of one that is over. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CellProgress, CellState, SweepDocument } from '../phoenix/federation/sweep.ts';
import { countedStates, failures, sweepSummary, sweepTable } from '../phoenix/report/sweep-table.ts';
import { timeLeft } from '../phoenix/report/time-left.ts';
import type { Access } from './access.ts';
import { interval, patiently } from './patience.ts';
import type { SweepDisplay } from './sweep-display.ts';
import { SweepWatcher } from './sweep-watcher.ts';

/** A sweep is over, and not all of its cells have finished. */
export class CellsFailed extends Error {
  override readonly name = 'CellsFailed';
  readonly sweep: string;
  /** Those that have failed, were cancelled, or have never been begun. */
  readonly cells: readonly { readonly run: string; readonly state: CellState }[];

  constructor(sweep: string, cells: CellsFailed['cells']) {
    super(`${sweep} is over, and not all of its cells have finished: ${countedStates(cells)}`);
    this.sweep = sweep;
    this.cells = cells;
  }
}

/**
 * @param signal aborted: stop following; the sweep goes on
 * @returns the sweep as it is once it is over, whatever became of its cells; null when following was stopped
 * @throws BadInput when there is no such sweep, TemporalUnreachable, StoreUnreachable
 */
export async function followSweep(
  access: Pick<Access, 'client' | 'connection' | 'runs' | 'sweeps'>,
  name: string,
  display: SweepDisplay,
  signal: AbortSignal,
): Promise<SweepDocument<CellProgress> | null> {
  const { client, connection } = access;
  const watcher = new SweepWatcher(access, name);
  const look = () => client.withDeadline(Date.now() + 10_000, () => watcher.look());
  const say = display.say.bind(display);
  try {
    for (let looks = 0; !signal.aborted; looks++) {
      const sweep = await patiently(connection.temporal.address, look, signal, say);
      if (sweep) {
        display.show(sweep, timeLeft(sweep, Date.now()));
        if (sweep.state !== 'running') return sweep;
      } else if (looks === 0 && !signal.aborted) say(`${name} waits for a worker`);
      await delay(interval, undefined, { signal }).catch(() => {});
    }
    return null;
  } finally {
    display.close();
  }
}

/** All of its cells, what went wrong, and what may be done now. */
export function printSweep(sweep: SweepDocument<CellProgress>): void {
  const left = timeLeft(sweep, Date.now());
  console.log(`${sweepSummary(sweep, left)}\n\n${sweepTable(sweep, left)}`);
  for (const failure of failures(sweep)) console.log(failure);
  console.log(whatNext(sweep));
}

function whatNext({ name, state, paused, cells }: SweepDocument): string {
  if (state === 'running')
    return paused
      ? `\`npx phoenix resume ${name}\` goes on with it`
      : `\`npx phoenix status ${name} --watch\` follows it, \`pause\` and \`cancel\` take it or the run of one cell`;
  if (state === 'cancelled') return '`npx phoenix sweep FILE` with its file takes it up again';
  return cells.every((cell) => cell.state === 'finished')
    ? '`npx phoenix show RUN` has the results of a cell'
    : '`npx phoenix sweep FILE --retry-failed` with its file tries the other cells again';
}

/** @throws CellsFailed when the sweep is over, and cells have not finished */
export function demandFinished({ name, state, cells }: SweepDocument): void {
  const missed = cells.filter((cell) => cell.state !== 'finished');
  if (state !== 'running' && missed.length > 0) throw new CellsFailed(name, missed);
}
