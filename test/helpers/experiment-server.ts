/** Runs of a tiny experiment by the real workflows on a real server, with made-up activities. */
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { loadExperiment } from '../../phoenix/config/load.ts';
import type { Continuation } from '../../phoenix/federation/continuation.ts';
import type { FullRun, RunDocument } from '../../phoenix/federation/records.ts';
import type { SteeringRequest } from '../../phoenix/federation/steering.ts';
import type { experiment as experimentWorkflow } from '../../workflows/experiment.ts';
import type { steerUpdate } from '../../workflows/messages.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import type { FakeActivities } from './fake-activities.ts';
import { devServer, quietRuntime, withWorkers, workflowBundle } from './workflow-environment.ts';

/** Three clients, three rounds. */
export const { experiment, settingsHash } = loadExperiment('experiments/tiny.yaml', [
  'data.clients=3',
  'federation.rounds=3',
]);

export type Document = RunDocument<typeof experiment>;
export type Handle = WorkflowHandle<typeof experimentWorkflow>;

/** For all tests of a file: the server is there before the first of them, until after the last. */
export function experimentServer() {
  let environment: TestWorkflowEnvironment;
  let bundle: WorkflowBundle;
  let runs = 0;

  beforeAll(async () => {
    quietRuntime();
    [environment, bundle] = await Promise.all([devServer(), workflowBundle()]);
  });
  afterAll(() => environment.teardown());

  return {
    start: (
      changes: Partial<Omit<typeof experiment, 'model' | 'diffusion' | 'init' | 'sampling'>> = {},
      carried: Continuation<typeof experiment> | null = null,
    ): Promise<Handle> => {
      const run = `tiny-${runs++}`;
      return environment.client.workflow.start<typeof experimentWorkflow>('experiment', {
        workflowId: run,
        taskQueue: CPU_QUEUE,
        args: [{ experiment: { ...experiment, ...changes }, run, settingsHash }, carried],
      });
    },
    getHandle: (workflow: string): WorkflowHandle => environment.client.workflow.getHandle(workflow),
    /** Fails where the workflow would not give the same commands again. */
    replay: async (handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<void> =>
      Worker.runReplayHistory({ workflowBundle: bundle }, await handle.fetchHistory()),
    withActivities: <T>(activities: FakeActivities, body: () => Promise<T>): Promise<T> =>
      withWorkers(environment, bundle, activities, body),
  };
}

export const steer = (handle: Handle, request: SteeringRequest): Promise<string> =>
  handle.executeUpdate<string, [SteeringRequest], typeof steerUpdate.name>('steer', { args: [request] });

/** As the store would give it. */
export const fullRun = (document: RunDocument, { records }: FakeActivities): FullRun<typeof experiment> => ({
  ...(document as Document),
  rounds: document.rounds.map((summary, i) => ({ ...summary, ...records[i]! })),
});

/** Client 1 is poor whenever it is judged. */
export const clientOnePoor = (samples: string): number => (samples.startsWith('client 1') ? 0.2 : 0.8);
