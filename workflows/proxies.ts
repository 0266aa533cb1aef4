/** Activities as workflows call them: queues, timeouts and retries of every step are here. */
import { proxyActivities } from '@temporalio/workflow';
import type { CpuActivities } from '../activities/cpu.ts';
import type { GpuActivities } from '../activities/gpu.ts';
import { GPU_QUEUE } from './queues.ts';

const always = {
  /**
   * Without limit: what can go wrong for good fails at once, everything else is worth waiting for. Not for long: each
   * kill counts as an attempt, and a step of many hours may see a lot of them.
   */
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '2 s' },
  // Who pauses or cancels a run wants its checkpoints saved.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const;

const cpuActivities = proxyActivities<CpuActivities>({
  startToCloseTimeout: '1 h',
  // These run on the worker's own thread, which a large network's weights can hold up for seconds.
  heartbeatTimeout: '30 s',
  ...always,
});

const gpuActivities = proxyActivities<GpuActivities>({
  taskQueue: GPU_QUEUE,
  // Training takes as long as it takes; that its worker is alive is what the heartbeats say, once a second, from a
  // thread that nothing blocks. One that is taken for dead by mistake costs no more than one that is: a checkpoint.
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '5 s',
  ...always,
});

/**
 * Runs an activity on the GPU queue. `label` is what the web UI shows for it, and what its heartbeats carry:
 * "round 2 · client 3 · train, 4,000 images".
 *
 * @param deadline seconds from its start; null: as long as it takes
 */
export function gpu<S extends keyof GpuActivities>(
  step: S,
  label: string,
  request: Parameters<GpuActivities[S]>[0],
  deadline: number | null = null,
): ReturnType<GpuActivities[S]> {
  const activity = gpuActivities[step] as unknown as Step<
    [unknown, string, number | null],
    ReturnType<GpuActivities[S]>
  >;
  return activity.executeWithOptions({ summary: label }, [request, label, deadline]);
}

/** Runs a short activity, under the same kind of label. */
export function cpu<S extends keyof CpuActivities>(
  step: S,
  label: string,
  request: Parameters<CpuActivities[S]>[0],
): ReturnType<CpuActivities[S]> {
  const activity = cpuActivities[step] as unknown as Step<[unknown], ReturnType<CpuActivities[S]>>;
  return activity.executeWithOptions({ summary: label }, [request]);
}

/** Waits for the end of a run that somebody has begun, for as long as it takes. */
export const followRun = (run: string, label: string): ReturnType<CpuActivities['followRun']> =>
  cpuActivities.followRun.executeWithOptions({ summary: label, startToCloseTimeout: '30 days' }, [run]);

/** The compiler cannot follow a generic name into the proxy; the two functions above have checked the request. */
interface Step<Args extends unknown[], Result> {
  executeWithOptions(options: { summary: string }, args: Args): Result;
}
