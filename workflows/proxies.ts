/** Activities as workflows call them: queues, timeouts and retries of every step are here. */
import { proxyActivities } from '@temporalio/workflow';
import type { CpuActivities } from '../activities/cpu.ts';
import type { GpuActivities } from '../activities/gpu.ts';
import type { Outcome } from '../phoenix/federation/records.ts';
import { GPU_QUEUE } from './queues.ts';

/** Without limit: what can go wrong for good fails at once, everything else is worth waiting for. */
const retry = { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' } as const;

const cpuActivities = proxyActivities<CpuActivities>({ startToCloseTimeout: '10 min', retry });

const gpuActivities = proxyActivities<GpuActivities>({
  taskQueue: GPU_QUEUE,
  // Training takes as long as it takes; that its worker is alive is what the heartbeats say, once a second.
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '10 s',
  // A cancelled run does not wait for checkpoints that are still being saved.
  cancellationType: 'TRY_CANCEL',
  retry,
});

/**
 * Runs a step on the GPU queue. `label` is what the web UI shows for it, and what its heartbeats carry:
 * "round 2 · client 3 · train, 4,000 images".
 */
export async function gpu<S extends keyof GpuActivities>(
  step: S,
  label: string,
  request: Parameters<GpuActivities[S]>[0],
): Promise<ResultOf<GpuActivities[S]>> {
  const activity = gpuActivities[step] as unknown as Activity<
    [unknown, string],
    Outcome<ResultOf<GpuActivities[S]>>
  >;
  return (await activity.executeWithOptions({ summary: label }, [request, label])).result;
}

/** Activities that are no steps: they have no key, and nothing remembers their results. */
type Errand = 'publish' | 'weightsHash';

/** Runs a short step, under the same kind of label. */
export async function cpu<S extends Exclude<keyof CpuActivities, Errand>>(
  step: S,
  label: string,
  request: Parameters<CpuActivities[S]>[0],
): Promise<ResultOf<CpuActivities[S]>> {
  const activity = cpuActivities[step] as unknown as Activity<[unknown], Outcome<ResultOf<CpuActivities[S]>>>;
  return (await activity.executeWithOptions({ summary: label }, [request])).result;
}

export function errand<S extends Errand>(
  name: S,
  label: string,
  request: Parameters<CpuActivities[S]>[0],
): ReturnType<CpuActivities[S]> {
  const activity = cpuActivities[name] as unknown as Activity<
    [unknown],
    Awaited<ReturnType<CpuActivities[S]>>
  >;
  return activity.executeWithOptions({ summary: label }, [request]) as ReturnType<CpuActivities[S]>;
}

/** What a step's outcome is about. */
type ResultOf<Step> = Step extends (...args: never[]) => Promise<Outcome<infer R>> ? R : never;

/** The compiler cannot follow a generic name into the proxy; the functions above have checked the request. */
interface Activity<Args extends unknown[], Result> {
  executeWithOptions(options: { summary: string }, args: Args): Promise<Result>;
}
