/** What a report is about: sweeps and runs by their names, as far as they have left something. */
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import type { CellProgress, SweepDocument } from '../phoenix/federation/sweep.ts';
import type { PartialAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { named } from './names.ts';
import { runDocument, type RunSummary } from './runs.ts';
import { SweepWatcher } from './sweep-watcher.ts';
import { described, stateOf } from './workflows.ts';

export interface Subjects {
  readonly sweeps: readonly SweepDocument<CellProgress>[];
  /** Each once, those of the sweeps' cells first. */
  readonly documents: readonly RunDocument<Experiment>[];
}

type Access = Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>;

/**
 * @param wanted runs, sweeps and experiments
 * @returns tells how far they are, as often as it is asked. It throws `BadInput` for what has left nothing yet, and gRPC errors and
 * `StoreUnreachable` while a server does not answer
 * @throws BadInput for what there is not
 */
export async function subjectsNamed(
  wanted: readonly string[],
  access: Access,
): Promise<() => Promise<Subjects>> {
  const watchers = new Map<string, SweepWatcher>();
  const summaries = new Map<string, RunSummary>();
  for (const name of new Set(wanted)) {
    const found = await named(name, access);
    if ('sweep' in found) watchers.set(found.sweep, new SweepWatcher(access, found.sweep));
    else summaries.set(found.run.run, found.run);
  }
  return async () => {
    const sweeps: SweepDocument<CellProgress>[] = [];
    for (const [name, watcher] of watchers) sweeps.push(present(await watcher.look(), name));
    const documents = new Map<string, RunDocument<Experiment>>();
    for (const { document } of sweeps.flatMap(({ cells }) => cells))
      if (document) documents.set(document.run, document as RunDocument<Experiment>);
    for (const summary of summaries.values()) {
      if (documents.has(summary.run)) continue;
      documents.set(summary.run, present(await newest(summary, access), summary.run));
    }
    return { sweeps, documents: [...documents.values()] };
  };
}

/** Its state may be another one than when it was found. */
async function newest(
  summary: RunSummary,
  { client, runs }: Access,
): Promise<RunDocument<Experiment> | null> {
  const workflow = client && (await described(client, summary.run));
  return runDocument({ ...summary, ...(workflow && { state: stateOf(workflow.status) }) }, client, runs);
}

function present<T>(found: T | null, name: string): T {
  if (found === null) throw new BadInput(`${name} has left nothing to report yet`);
  return found;
}
