/** `phoenix sweep`: starts a sweep, or tells the one that there is what its file says now, and follows it. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { readyExperiment } from '../phoenix/config/ready.ts';
import { loadSweep, type Cell, type LoadedSweep } from '../phoenix/config/sweep.ts';
import { carriedOver, type SweepCell } from '../phoenix/federation/sweep.ts';
import { whole } from '../phoenix/report/format.ts';
import { CorruptSweep } from '../phoenix/storage/sweeps.ts';
import type { SubmittedCell } from '../workflows/cell.ts';
import { counted, sweepId } from '../workflows/labels.ts';
import { CPU_QUEUE } from '../workflows/queues.ts';
import type { sweep as sweepWorkflow, SweepSubmission } from '../workflows/sweep.ts';
import { withAccess, type Access } from './access.ts';
import { leave } from './attach.ts';
import { BadInput } from './errors.ts';
import { interruption } from './interrupt.ts';
import { printJson } from './json.ts';
import { addressInUi } from './results.ts';
import { unmarked, type FollowOptions } from './run.ts';
import { watchSweep } from './status-sweep.ts';
import { updated } from './update.ts';

export interface SweepOptions extends FollowOptions {
  readonly set?: readonly string[];
  readonly maxParallel: number;
  readonly retryFailed?: boolean;
}

/** @throws SettingsError, UnusableImages, BadInput, CellsFailed, NoAnswer */
export async function sweep(file: string, options: SweepOptions): Promise<void> {
  const loaded = loadSweep(file, options.set);
  await withAccess(async (access) => {
    const interrupted = interruption();
    const known = await knownCells(loaded.name, access);
    const submission = await submissionOf(loaded, known, access, options);
    const { name, sweepHash, cells } = submission;
    const left = leftOut(known, cells);
    if (left > 0)
      console.error(
        `${left} of the cells that ${name} had are not in ${file}: it forgets them, but those under way go on, and their runs stay`,
      );
    await submit(access.client, submission);
    if (!options.detach) return watchSweep(name, access, options, interrupted);
    const ui = addressInUi(sweepId(name), access.connection);
    if (options.json) return printJson({ sweep: name, sweepHash, runs: cells.map(({ run }) => run), ui });
    leave(name, ui, console.log);
  });
}

/** Without a document that can be read, the sweep is a new one: what its runs have left is found all the same. */
async function knownCells(name: string, { sweeps }: Access): Promise<readonly SweepCell[]> {
  try {
    return (await sweeps.get(name))?.cells ?? [];
  } catch (error) {
    if (!(error instanceof CorruptSweep)) throw error;
    console.error(`${error.message}; it is set aside, and the sweep begun anew`);
    await sweeps.setAside(name);
    return [];
  }
}

/** Another file may have the same name. */
function leftOut(known: readonly SweepCell[], cells: readonly SweepCell[]): number {
  const runs = new Set(cells.map(({ run }) => run));
  return known.filter(({ run }) => !runs.has(run)).length;
}

/** Cells that were over before the sweep was submitted again are so already. */
async function submissionOf(
  { name, sweepHash, cells }: LoadedSweep,
  known: readonly SweepCell[],
  access: Access,
  { maxParallel, retryFailed = false }: SweepOptions,
): Promise<SweepSubmission> {
  const ready: SubmittedCell[] = [];
  // One after the other: each may hold a folder of images.
  for (const cell of cells) ready.push(await readyCell(cell, access));
  const submission = {
    name,
    sweepHash,
    maxParallel,
    retryFailed,
    cells: carriedOver(ready, known, retryFailed),
  };
  const bytes = Buffer.byteLength(JSON.stringify(submission));
  if (bytes > mostBytes)
    throw new BadInput(
      `the settings of ${cells.length} cells are ${whole(bytes)} bytes, and a message of Temporal holds ` +
        `${whole(mostBytes)}; make two sweeps of it`,
    );
  return submission;
}

/** Temporal's own limit is 2 MB, with what it puts around. */
const mostBytes = 1_900_000;

/** What its settings name is in the store then. A run of them that was changed by hand is passed over. */
async function readyCell({ label, loaded }: Cell, { runs, blobs }: Access): Promise<SubmittedCell> {
  const { blobs: needed, ...ready } = await readyExperiment(loaded);
  for (const blob of needed) await blobs.put(blob);
  const input = await unmarked(runs, ready, true);
  return {
    label,
    experiment: input.experiment.name,
    run: input.run,
    rounds: input.experiment.federation.rounds,
    state: 'waiting',
    failure: null,
    input,
  };
}

async function submit(client: Client, submission: SweepSubmission): Promise<void> {
  const { name } = submission;
  for (;;) {
    try {
      await client.workflow.start<typeof sweepWorkflow>('sweep', {
        taskQueue: CPU_QUEUE,
        workflowId: sweepId(name),
        args: [submission],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: counted(submission.cells.length, 'cell'),
      });
      return;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    try {
      await updated<void>(client, name, sweepId(name), 'submit', submission);
      return;
    } catch (error) {
      // It has come to its end in between: then it can be started.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
