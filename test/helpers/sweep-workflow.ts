/** A sweep's workflow on a real server, with made-up activities: its cells, what it is told, and trainings that wait. */
import { CancelledFailure, Context } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
import type { TrainRequest } from '../../activities/steps/train.ts';
import { loadExperiment } from '../../phoenix/config/load.ts';
import type { SweepDocument } from '../../phoenix/federation/sweep.ts';
import { openWorkflows } from '../../workers/server.ts';
import type { SubmittedCell } from '../../workflows/cell.ts';
import { sweepId } from '../../workflows/labels.ts';
import type { holdUpdate, submitUpdate } from '../../workflows/messages.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import type { sweep as sweepWorkflow, SweepSubmission } from '../../workflows/sweep.ts';
import { computed, named, type FakeActivities } from './fake-activities.ts';
import { withWorkers } from './workflow-environment.ts';

type Handle = WorkflowHandleWithFirstExecutionRunId<typeof sweepWorkflow>;

const { experiment, settingsHash } = loadExperiment('experiments/tiny.yaml', [
  'data.clients=2',
  'federation.rounds=2',
]);

/** Seeds tell the cells apart. */
export function cellsOf(name: string, seeds: readonly number[]): SubmittedCell[] {
  return seeds.map((seed) => {
    const run = `${name}-${seed}`;
    return {
      label: `seed ${seed}`,
      experiment: experiment.name,
      run,
      rounds: 2,
      state: 'waiting',
      failure: null,
      input: { experiment: { ...experiment, seed }, run, settingsHash },
    };
  });
}

export const submission = (name: string, seeds: readonly number[], maxParallel = 2): SweepSubmission => ({
  name,
  sweepHash: 'hash',
  maxParallel,
  cells: cellsOf(name, seeds),
  retryFailed: false,
});

export const start = ({ client }: TestWorkflowEnvironment, what: SweepSubmission): Promise<Handle> =>
  client.workflow.start<typeof sweepWorkflow>('sweep', {
    workflowId: sweepId(what.name),
    taskQueue: CPU_QUEUE,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    args: [what],
  });

export const submit = (handle: Handle, what: SweepSubmission): Promise<void> =>
  handle.executeUpdate<void, [SweepSubmission], typeof submitUpdate.name>('submit', { args: [what] });

export const hold = (handle: Handle, kind: 'pause' | 'resume'): Promise<string> =>
  handle.executeUpdate<string, [{ kind: 'pause' | 'resume' }], typeof holdUpdate.name>('steer', {
    args: [{ kind }],
  });

let sweeps = 0;

export const nextName = (): string => `sweep-${sweeps++}`;

export const statesOf = ({ cells }: SweepDocument): string[] => cells.map(({ state }) => state);

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Training that waits until it is let go, and can be cancelled; by the seed of its run. */
export class Gate {
  readonly waiting = new Set<number>();
  #open = false;

  readonly train = async ({ seed, client, round }: TrainRequest) => {
    this.waiting.add(seed);
    const { cancellationSignal, heartbeat } = Context.current();
    try {
      while (!this.#open) {
        heartbeat();
        if (cancellationSignal.aborted) throw new CancelledFailure('stop');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      this.waiting.delete(seed);
    }
    return computed({
      model: { base: named(`base of ${client} in ${round}`), personal: named(`block of ${client}`) },
      examples: 100,
      steps: 10,
      firstLoss: 1,
      lastLoss: 0.5,
    });
  };

  open(): void {
    this.#open = true;
  }
}

/** Activities that wait for runs as the real ones do. */
export async function withSweeps(
  where: TestWorkflowEnvironment,
  bundle: WorkflowBundle,
  activities: FakeActivities,
  body: () => Promise<void>,
  slots?: number,
): Promise<void> {
  const workflows = openWorkflows({
    temporal: { address: where.address },
    namespace: 'default',
  } as Parameters<typeof openWorkflows>[0]);
  activities.cpu.followRun = async (run) => {
    const { cancellationSignal, heartbeat } = Context.current();
    const timer = setInterval(heartbeat, 100);
    try {
      return await workflows.endOf(run, cancellationSignal);
    } catch (error) {
      throw cancellationSignal.aborted ? new CancelledFailure('stop') : error;
    } finally {
      clearInterval(timer);
    }
  };
  try {
    await withWorkers(where, bundle, activities, body, slots);
  } finally {
    await workflows.close();
  }
}
