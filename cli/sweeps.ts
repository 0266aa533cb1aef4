/**
 * Sweeps as Temporal and the store know them. Temporal knows what goes on now, but forgets closed workflows in time; the
 * store keeps every sweep's document. Either of the two is enough to answer.
 */
import type { Client, WorkflowExecutionStatusName } from '@temporalio/client';
import type { CellState, SweepDocument } from '../phoenix/federation/sweep.ts';
import type { SweepStore } from '../phoenix/storage/sweeps.ts';
import { sweepId } from '../workflows/labels.ts';
import { queryWorkflow, stateOf } from './workflows.ts';

export interface SweepSummary {
  readonly sweep: string;
  readonly state: SweepDocument['state'];
  readonly paused: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** In the order of the sweep's file; null while nobody is there to tell. */
  readonly cells: readonly { readonly run: string; readonly state: CellState }[] | null;
}

/** A sweep whose workflow breaks is over before its time, as one that is cancelled. */
export function sweepState(status: WorkflowExecutionStatusName): SweepDocument['state'] {
  const state = stateOf(status);
  return state === 'failed' ? 'cancelled' : state;
}

/** Every sweep, the newest first. Where both know one, Temporal knows better. */
export async function listSweeps(client: Client | null, store: SweepStore | null): Promise<SweepSummary[]> {
  const found = new Map<string, SweepSummary>();
  for (const { name, state, startedAt } of await workflows(client)) {
    const document = await sweepDocument({ name, state }, client, store);
    const { paused = false, cells = null } = document ?? {};
    found.set(name, { sweep: name, state, paused, startedAt, cells });
  }
  for (const name of await storedNames(store)) {
    const document = found.has(name) ? null : await store!.document(name);
    if (!document) continue;
    const { state, paused, startedAt, cells } = document;
    found.set(name, { sweep: name, state, paused, startedAt, cells });
  }
  return [...found.values()].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** Of every sweep, in no order. */
export async function listSweepNames(client: Client | null, store: SweepStore | null): Promise<string[]> {
  const listed = (await workflows(client)).map(({ name }) => name);
  return [...new Set([...listed, ...(await storedNames(store))])];
}

/**
 * What is known of a sweep: of a running one from its workflow, of others from the store.
 *
 * @param state of its workflow; null: Temporal does not know it
 * @returns null when nobody knows it
 */
export async function sweepDocument(
  { name, state }: { readonly name: string; readonly state: SweepDocument['state'] | null },
  client: Client | null,
  store: SweepStore | null,
): Promise<SweepDocument | null> {
  const isAsked = client !== null && (state === 'running' || (state !== null && store === null));
  const live = isAsked ? await queryWorkflow<SweepDocument>(client, sweepId(name)) : null;
  const document = live ?? (await store?.document(name)) ?? null;
  // A workflow that was terminated could not write its last words.
  return document && { ...document, state: state ?? document.state };
}

interface ListedSweep {
  readonly name: string;
  readonly state: SweepDocument['state'];
  readonly startedAt: string;
}

/** The newest execution of each. */
async function workflows(client: Client | null): Promise<ListedSweep[]> {
  const found = new Map<string, ListedSweep>();
  if (!client) return [];
  for await (const info of client.workflow.list({ query: "WorkflowType = 'sweep'" })) {
    const name = info.workflowId.slice(sweepId('').length);
    if (found.has(name)) continue;
    found.set(name, {
      name,
      state: sweepState(info.status.name),
      startedAt: info.startTime.toISOString(),
    });
  }
  return [...found.values()];
}

async function storedNames(store: SweepStore | null): Promise<string[]> {
  const names: string[] = [];
  if (store) for await (const name of store.list()) names.push(name);
  return names;
}
