/**
 * Runs as Temporal and the store know them. Temporal knows what goes on now, but forgets closed workflows in time;
 * the store keeps every run's document. Either of the two is enough to answer.
 */
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument, RunState } from '../phoenix/federation/records.ts';
import { lastMetrics } from '../phoenix/report/groups.ts';
import type { RunStore } from '../phoenix/storage/runs.ts';
import { queryWorkflow, stateOf } from './workflows.ts';

export interface RunSummary {
  readonly run: string;
  readonly experiment: string;
  readonly state: RunState;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly rounds: number | null;
  readonly fid: number | null;
}

const roundKey = defineSearchAttributeKey('PhoenixRound', 'INT');
const fidKey = defineSearchAttributeKey('PhoenixFid', 'DOUBLE');

/** A run's id is its experiment's name, ten hexadecimal digits, and a number where the same settings have run afresh. */
export const experimentOf = (run: string): string => run.replace(/-[0-9a-f]{10}(-\d+)?$/, '');

/** Every run, the newest first. Where both know a run, Temporal knows better. */
export async function listRuns(client: Client | null, store: RunStore | null): Promise<RunSummary[]> {
  const found = new Map<string, RunSummary>();
  if (client) {
    for await (const info of client.workflow.list({ query: "WorkflowType = 'experiment'" })) {
      // The newest execution comes first; a run that was started again has older ones.
      if (found.has(info.workflowId)) continue;
      found.set(info.workflowId, {
        run: info.workflowId,
        experiment: experimentOf(info.workflowId),
        state: stateOf(info.status.name),
        startedAt: info.startTime.toISOString(),
        rounds: info.typedSearchAttributes.get(roundKey) ?? null,
        fid: info.typedSearchAttributes.get(fidKey) ?? null,
      });
    }
  }
  if (store) {
    for await (const { experiment, run } of store.list()) {
      const document = found.has(run) ? null : await store.get(experiment, run);
      if (document) found.set(run, summaryOf(document));
    }
  }
  return [...found.values()].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}

const summaryOf = ({ run, experiment, state, startedAt, rounds }: RunDocument): RunSummary => ({
  run,
  experiment,
  state,
  startedAt,
  rounds: rounds.length,
  fid: lastMetrics({ rounds })?.fid ?? null,
});

/**
 * What is known of a run: of a running one from its workflow, of others from the store.
 * @returns null when nobody knows it
 */
export async function runDocument(
  { run, experiment, state }: Pick<RunSummary, 'run' | 'experiment' | 'state'>,
  client: Client | null,
  store: RunStore | null,
): Promise<RunDocument<Experiment> | null> {
  const live =
    client && state === 'running' ? await queryWorkflow<RunDocument<Experiment>>(client, run) : null;
  const document = live ?? (await store?.get<Experiment>(experiment, run)) ?? null;
  // A workflow that was terminated could not write its last words.
  return document && { ...document, state };
}
