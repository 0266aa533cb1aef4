/** `phoenix audit`: the whole story of a run, from the histories of its workflows and from the store. */
import { writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Ref, RunDocument } from '../phoenix/federation/records.ts';
import { auditMarkdown, type AuditedStep } from '../phoenix/report/audit.ts';
import type { Blobs } from '../phoenix/storage/blobs.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { roundId } from '../workflows/labels.ts';
import { withWhatThereIs } from './access.ts';
import { auditedSteps } from './audit-log.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { runNamed } from './names.ts';
import { asData } from './results.ts';
import { runDocument } from './runs.ts';

export interface AuditOptions {
  readonly json?: true;
  readonly out?: string;
}

export async function audit(wanted: string, { json, out }: AuditOptions): Promise<void> {
  await withWhatThereIs(async (access) => {
    const { client, runs, blobs } = access;
    const summary = await runNamed(wanted, access);
    const document = await runDocument(summary, client, runs);
    if (!document || !blobs)
      throw new BadInput(`${summary.run} (${summary.state}) has left no records to audit`);
    const run = await loadRounds(blobs, document);
    const steps = await allSteps(document, blobs, client);
    if (json && out === undefined) return printJson({ ...asData(run), audit: steps });
    const text = json ? JSON.stringify({ ...asData(run), audit: steps }, null, 2) : auditMarkdown(run, steps);
    if (out === undefined) return void process.stdout.write(text);
    writeFileSync(out, text);
    console.log(`The audit of ${run.run} is in ${out}`);
  });
}

/** Later than every time, for steps that wait. */
const NEVER = '9999';

/** Kept histories first; what is still going on is asked of the server. Steps in the order in which they began. */
export async function allSteps(
  document: RunDocument,
  blobs: Blobs,
  client: Client | null,
): Promise<AuditedStep[]> {
  const { run, rounds, histories, state } = document;
  const kept = [...histories, ...rounds.flatMap(({ history }) => (history ? [history] : []))];
  const steps: AuditedStep[] = [];
  for (const { workflow, ref } of kept) {
    // In a kept history the step that keeps it is still open.
    const ended = auditedSteps(workflow, await stored(blobs, ref)).filter(({ end }) => end !== 'open');
    steps.push(...ended);
  }
  if (client && state === 'running') {
    for (const workflow of [run, roundId(run, rounds.length + 1)]) {
      const history = await client.workflow
        .getHandle(workflow)
        .fetchHistory()
        .catch(() => ({ events: [] }));
      steps.push(...auditedSteps(workflow, history));
    }
  }
  return steps.toSorted((a, b) => (a.startedAt ?? NEVER).localeCompare(b.startedAt ?? NEVER));
}

async function stored(blobs: Blobs, history: Ref) {
  return proto.temporal.api.history.v1.History.decode(gunzipSync(await blobs.get(history)));
}
