/** `phoenix status`: what the stack, the sweeps and the runs are doing. */
import { stackHealth, type StackHealth } from '../infra/stack/background.ts';
import { storageIsExternal, temporalIsExternal } from '../infra/stack/connection.ts';
import { duration, instant, significant } from '../phoenix/report/format.ts';
import { countedStates } from '../phoenix/report/sweep-table.ts';
import { textTable } from '../phoenix/report/tables.ts';
import { withAccess, withWhatThereIs } from './access.ts';
import { attach } from './attach.ts';
import { BadInput } from './errors.ts';
import { interruption } from './interrupt.ts';
import { printJson } from './json.ts';
import { named } from './names.ts';
import { listRuns, type RunSummary } from './runs.ts';
import { statusOfRun } from './status-run.ts';
import { statusOfSweep, watchSweep } from './status-sweep.ts';
import { listSweeps, type SweepSummary } from './sweeps.ts';

export interface StatusOptions {
  readonly watch?: true;
  readonly json?: true;
}

export async function status(wanted: string | undefined, options: StatusOptions): Promise<void> {
  if (wanted !== undefined) return options.watch ? watch(wanted, options) : statusOf(wanted, options);
  if (options.watch) throw new BadInput('--watch takes a run or a sweep');
  const health = stackHealth();
  // The stack is worth showing also when it does not answer, and that is when it is wanted most.
  if (!options.json) printStack(health);
  if (nobodyToAsk(health)) {
    if (options.json) printJson({ stack: health, sweeps: [], runs: [] });
    return;
  }
  await withWhatThereIs(async (access) => {
    const sweeps = await listSweeps(access.client, access.sweeps);
    const runs = await listRuns(access.client, access.runs);
    if (options.json) return printJson({ stack: health, sweeps, runs });
    if (sweeps.length > 0) printSweeps(sweeps);
    printRuns(runs);
  });
}

async function statusOf(wanted: string, options: StatusOptions): Promise<void> {
  await withWhatThereIs(async (access) => {
    const found = await named(wanted, access);
    if ('sweep' in found) await statusOfSweep(found.sweep, access, options);
    else await statusOfRun(found.run, access, options);
  });
}

/** Until the run or the sweep is over, or somebody presses Ctrl-C, which leaves it running. */
async function watch(wanted: string, options: StatusOptions): Promise<void> {
  const interrupted = interruption();
  await withAccess(async (access) => {
    const found = await named(wanted, access);
    if ('sweep' in found) await watchSweep(found.sweep, access, options, interrupted);
    else if (found.run.state === 'running') await attach(access, found.run.run, options, interrupted);
    else await statusOfRun(found.run, access, options);
  });
}

/** Both servers are the local stack's, and it does not run: there is nobody to ask. */
const nobodyToAsk = ({ processes }: StackHealth): boolean =>
  !temporalIsExternal() && !storageIsExternal() && processes.every(({ pid }) => pid === null);

function printStack({ supervisor, processes }: StackHealth): void {
  const running = processes.filter(({ pid }) => pid !== null);
  if (supervisor !== null) console.log(`The local stack runs (supervisor process ${supervisor}).\n`);
  else if (running.length > 0)
    console.log('The supervisor is gone; `npx phoenix up` takes over what is left.\n');
  else console.log('The local stack does not run; `npx phoenix up` starts it.\n');
  if (supervisor === null && running.length === 0) return;
  const columns = ['process', 'state', 'pid', 'for', 'restarts', 'last end'];
  const rows = processes.map(({ name, state, pid, since, restarts, lastExit }) => [
    name,
    state,
    String(pid ?? '–'),
    duration(Date.now() - Date.parse(since)),
    String(restarts),
    lastExit ?? '',
  ]);
  console.log(textTable(columns, rows));
}

function printRuns(runs: readonly RunSummary[]): void {
  if (runs.length === 0)
    console.log('There are no runs yet; `npx phoenix run experiments/quickstart.yaml` starts one.');
  const columns = ['run', 'state', 'rounds', 'FID', 'started'];
  const rows = runs.map(({ run, state, rounds, fid, startedAt }) => [
    run,
    state,
    String(rounds ?? '–'),
    fid === null ? '–' : significant(fid),
    instant(startedAt),
  ]);
  console.log(textTable(columns, rows));
}

function printSweeps(sweeps: readonly SweepSummary[]): void {
  const columns = ['sweep', 'state', 'cells', 'started'];
  const rows = sweeps.map(({ sweep, state, paused, cells, startedAt }) => [
    sweep,
    state === 'running' && paused ? 'paused' : state,
    cells === null ? '–' : countedStates(cells),
    instant(startedAt),
  ]);
  console.log(textTable(columns, rows));
}
