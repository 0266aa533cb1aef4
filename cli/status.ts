/** `phoenix status`: what the stack and the runs are doing. */
import { stackHealth, type StackHealth } from '../infra/stack/background.ts';
import { storageIsExternal, temporalIsExternal } from '../infra/stack/connection.ts';
import { comesBack } from '../phoenix/federation/standing.ts';
import { activeClients } from '../phoenix/federation/strikes.ts';
import { LAYERS_LEFT, layersLeft } from '../phoenix/federation/summary.ts';
import { duration, instant, significant } from '../phoenix/report/format.ts';
import { roundsTable, textTable } from '../phoenix/report/tables.ts';
import { withWhatThereIs, type PartialAccess } from './access.ts';
import { describeOpen } from './display.ts';
import { addressInUi, printJson } from './results.ts';
import { RunWatcher } from './run-watcher.ts';
import { findRun, listRuns, runDocument, type RunSummary } from './runs.ts';

export async function status(wanted: string | undefined, options: { json?: true }): Promise<void> {
  const health = stackHealth();
  // The stack is worth showing also when it does not answer, and that is when it is wanted most.
  if (wanted === undefined && !options.json) printStack(health);
  if (wanted === undefined && nobodyToAsk(health)) {
    if (options.json) printJson({ stack: health, runs: [] });
    return;
  }
  await withWhatThereIs(async (access) => {
    const runs = await listRuns(access.client, access.runs);
    if (wanted !== undefined) await statusOf(findRun(wanted, runs), access, options);
    else if (options.json) printJson({ stack: health, runs });
    else printRuns(runs);
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

async function statusOf(
  summary: RunSummary,
  { client, runs, connection }: PartialAccess,
  options: { json?: true },
): Promise<void> {
  const document = await runDocument(summary, client, runs);
  const isRunning = client !== null && summary.state === 'running';
  const { open } = isRunning ? await new RunWatcher(client, summary.run).look() : { open: [] };
  if (options.json) {
    printJson({
      ...summary,
      phase: document?.phase ?? null,
      paused: document?.paused ?? false,
      failure: document?.failure ?? null,
      layersLeft: document !== null && layersLeft(document),
      timingDependent: document?.timingDependent ?? false,
      ledger: document?.ledger ?? null,
      steps: open,
    });
    return;
  }
  const phase = document && document.phase !== summary.state ? `, ${document.phase}` : '';
  const paused = document?.paused ? ', paused' : '';
  console.log(`${summary.run}: ${summary.state}${paused}${phase}, started ${instant(summary.startedAt)}`);
  if (document) {
    const { clients } = document.ledger;
    console.log(`${activeClients(document.ledger).length} of ${clients.length} clients take part`);
    const removed = clients.flatMap(({ client, removal }) =>
      removal ? [`client ${client} after round ${removal.afterRound}${comesBack(removal)}`] : [],
    );
    if (removed.length > 0) console.log(`Removed: ${removed.join('; ')}`);
  }
  if (document?.failure) console.log(document.failure.message);
  if (document && layersLeft(document)) console.log(LAYERS_LEFT);
  if (document?.timingDependent) console.log('Clients have missed a deadline');
  for (const { effect } of document?.steering ?? []) console.log(`By hand: ${effect}`);
  for (const step of open) {
    console.log(`  ${describeOpen(step)}`);
    if (step.lastFailure !== null) console.log(`    attempt ${step.attempt}, since: ${step.lastFailure}`);
  }
  if (document) console.log(`\n${roundsTable(document)}`);
  const ui = addressInUi(summary.run, connection);
  if (ui) console.log(`Temporal UI    ${ui}`);
}
