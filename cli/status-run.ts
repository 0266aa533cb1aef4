/** `phoenix status RUN`: how far a run is, and what it does at this moment. */
import { comesBack } from '../phoenix/federation/standing.ts';
import { activeClients } from '../phoenix/federation/strikes.ts';
import { LAYERS_LEFT, layersLeft } from '../phoenix/federation/summary.ts';
import { instant } from '../phoenix/report/format.ts';
import { roundsTable } from '../phoenix/report/tables.ts';
import type { PartialAccess } from './access.ts';
import { describeOpen } from './display.ts';
import { printJson } from './json.ts';
import { addressInUi } from './results.ts';
import { RunWatcher } from './run-watcher.ts';
import { runDocument, type RunSummary } from './runs.ts';

export async function statusOfRun(
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
