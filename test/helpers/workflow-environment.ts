/** A Temporal dev server in memory, and workers with the real workflows and made-up activities. */
import { fileURLToPath } from 'node:url';
import { defineSearchAttributeKey, type SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { CpuActivities } from '../../activities/cpu.ts';
import type { GpuActivities } from '../../activities/gpu.ts';
import { serverProgram } from '../../infra/setup/servers.mjs';
import { searchAttributes } from '../../infra/stack/temporal-server.ts';
import { CPU_QUEUE, GPU_QUEUE } from '../../workflows/queues.ts';

const logger = new DefaultLogger('ERROR');

/** Once per process, before anything else of the SDK. */
export const quietRuntime = () => Runtime.install({ logger });

export const workflowBundle = (): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger,
  });

/** @param dynamicConfig settings of the server: `limit.historyCount.suggestContinueAsNew=40` */
export function devServer(...dynamicConfig: readonly string[]): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: serverProgram('temporal') },
      searchAttributes: Object.entries(searchAttributes).map(([name, type]) =>
        defineSearchAttributeKey(name, type.toUpperCase() as SearchAttributeType),
      ),
      extraArgs: dynamicConfig.map((setting) => `--dynamic-config-value=${setting}`),
    },
  });
}

/** Runs `body` while workers for both queues are there, the one for the GPU with so many slots. */
export async function withWorkers<T>(
  { nativeConnection: connection }: TestWorkflowEnvironment,
  bundle: WorkflowBundle,
  activities: { readonly cpu: CpuActivities; readonly gpu: GpuActivities },
  body: () => Promise<T>,
  slots = 100,
): Promise<T> {
  const cpu = await Worker.create({
    connection,
    taskQueue: CPU_QUEUE,
    workflowBundle: bundle,
    activities: activities.cpu,
    maxHeartbeatThrottleInterval: '100 ms',
  });
  const gpu = await Worker.create({
    connection,
    taskQueue: GPU_QUEUE,
    activities: activities.gpu,
    maxConcurrentActivityTaskExecutions: slots,
    // A cancellation reaches an activity in the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '100 ms',
    shutdownGraceTime: 0,
  });
  return cpu.runUntil(gpu.runUntil(body));
}
