/** A Temporal worker from connection to shutdown, with the options that all of ours share. */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { resolveConnection } from '../infra/stack/connection.ts';
import { installRuntime, log } from './log.ts';
import { patiently } from './patience.ts';

/**
 * Works until `signal` is aborted, then lets tasks under way come to an end: cancelled activities save a checkpoint and
 * hand themselves on. A server that restarts in between is waited for by the SDK itself.
 */
export async function runWorker(
  signal: AbortSignal,
  options: Omit<WorkerOptions, 'connection' | 'namespace'>,
): Promise<void> {
  installRuntime();
  const { temporal, namespace } = resolveConnection();
  const connection = await patiently(`Temporal at ${temporal.address}`, signal, () =>
    NativeConnection.connect(temporal),
  );
  if (!connection) return;
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      // Progress is read from heartbeats, which the SDK would otherwise hold back for longer than a round lasts.
      maxHeartbeatThrottleInterval: '1 s',
      defaultHeartbeatThrottleInterval: '1 s',
      // A workflow task for a worker that is gone goes back to the shared queue after this time.
      stickyQueueScheduleToStartTimeout: '1 s',
      // Activities are cancelled at once and need the time for a checkpoint; then the process has to end.
      shutdownGraceTime: 0,
      shutdownForceTime: '20 s',
      ...deployment(process.env['PHOENIX_BUILD_ID']),
      ...options,
    });
    const shutdown = () => worker.shutdown();
    signal.addEventListener('abort', shutdown, { once: true });
    log.info(`working on ${options.taskQueue} at ${temporal.address}`);
    const running = worker.run();
    if (signal.aborted) shutdown();
    await running;
    signal.removeEventListener('abort', shutdown);
  } finally {
    await connection.close();
  }
}

/**
 * With a build id, an execution stays with the workers of the build that it began on; without, any worker takes it, and
 * workflow code must stay as histories have it.
 */
const deployment = (buildId: string | undefined): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  buildId
    ? {
        workerDeploymentOptions: {
          version: { deploymentName: 'phoenix', buildId },
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'PINNED',
        },
      }
    : {};
