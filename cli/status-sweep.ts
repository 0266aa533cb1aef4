/** `phoenix status SWEEP`: how far its cells are, once or until it is over. */
import type { CellProgress, SweepDocument } from '../phoenix/federation/sweep.ts';
import { newestMetrics, roundsOf } from '../phoenix/report/cell-figures.ts';
import { timeLeft } from '../phoenix/report/time-left.ts';
import { sweepId } from '../workflows/labels.ts';
import type { Access, PartialAccess } from './access.ts';
import { leave } from './attach.ts';
import { BadInput } from './errors.ts';
import { demandFinished, followSweep, printSweep } from './follow-sweep.ts';
import { printJson } from './json.ts';
import { addressInUi } from './results.ts';
import { sweepDisplayOn } from './sweep-display.ts';
import { SweepWatcher } from './sweep-watcher.ts';

interface Options {
  readonly json?: true;
}

export async function statusOfSweep(name: string, access: PartialAccess, { json }: Options): Promise<void> {
  const sweep = await new SweepWatcher(access, name).look();
  if (!sweep) throw new BadInput(`${name} has been started, and waits for a worker`);
  if (json) return printJson(sweepData(sweep));
  printSweep(sweep);
  const ui = addressInUi(sweepId(name), access.connection);
  if (ui) console.log(`Temporal UI    ${ui}`);
}

/**
 * Until the sweep is over or `interrupted` is aborted, which leaves it running.
 *
 * @throws CellsFailed, BadInput, TemporalUnreachable, StoreUnreachable
 */
export async function watchSweep(
  name: string,
  access: Access,
  { json }: Options,
  interrupted: AbortSignal,
): Promise<void> {
  const display = sweepDisplayOn(json ? process.stderr : process.stdout);
  const sweep = await followSweep(access, name, display, interrupted);
  if (!sweep) return leave(name, addressInUi(sweepId(name), access.connection), display.say.bind(display));
  if (json) printJson(sweepData(sweep));
  else printSweep(sweep);
  demandFinished(sweep);
}

/** Times left in milliseconds; null where nothing can be said. */
function sweepData(document: SweepDocument<CellProgress>) {
  const { name, cells, ...sweep } = document;
  const left = timeLeft(document, Date.now());
  return {
    sweep: name,
    ...sweep,
    left: left.sweep,
    cells: cells.map((cell) => {
      const { document, ...known } = cell;
      const metrics = newestMetrics(cell);
      return {
        ...known,
        paused: document?.paused ?? false,
        phase: document?.phase ?? null,
        rounds: roundsOf(cell),
        metrics: metrics && {
          fid: metrics.fid,
          inceptionScore: metrics.inceptionScore,
          precision: metrics.precision,
          recall: metrics.recall,
        },
        left: left.cells.get(cell.run) ?? null,
      };
    }),
  };
}
