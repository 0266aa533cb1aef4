/** A cell of a sweep from outside: its run, begun as a child of the sweep or found, held, let go, waited for. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  log,
  startChild,
} from '@temporalio/workflow';
import type { CellEnd, SweepCell } from '../phoenix/federation/sweep.ts';
import { experiment, type ExperimentInput } from './experiment.ts';
import { pausedSignal } from './messages.ts';
import { followRun } from './proxies.ts';

/** A cell with all that its run needs. */
export type SubmittedCell = SweepCell & { readonly input: ExperimentInput };

/** Steps of a run that somebody follows (3, Temporal's default) go before those of a sweep, which take days. */
const PRIORITY = 4;

/** @returns null where somebody else has begun it, and it goes on or has finished; what has failed is begun again */
export async function beginCell({
  run,
  label,
  input,
}: SubmittedCell): Promise<ChildWorkflowHandle<typeof experiment> | null> {
  try {
    return await startChild(experiment, {
      workflowId: run,
      args: [input],
      staticSummary: label,
      priority: { priorityKey: PRIORITY },
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      // A sweep that is terminated leaves its cells alone: the next one finds them.
      parentClosePolicy: 'ABANDON',
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

/** Waits for one that an earlier execution of the sweep has begun: cancelled with the sweep, as its children are. */
export async function rejoinCell({ run, label }: SweepCell): Promise<CellEnd> {
  CancellationScope.current().cancelRequested.catch(() =>
    CancellationScope.nonCancellable(() => getExternalWorkflowHandle(run).cancel()).catch((error: unknown) =>
      log.info('a cell could not be cancelled', { run, error }),
    ),
  );
  return CancellationScope.nonCancellable(() => followRun(run, label));
}

/** Tells it to hold, or to go on. */
export async function tellCell(run: string, paused: boolean): Promise<void> {
  try {
    await getExternalWorkflowHandle(run).signal(pausedSignal, paused);
  } catch (error) {
    log.info('a cell could not be told to pause or to go on', { run, error });
  }
}
