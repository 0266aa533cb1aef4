/** Activities of the CPU queue: short, and without a device; but who waits for a run may wait for days. */
import { Context } from '@temporalio/activity';
import type { FinalRecord } from '../phoenix/federation/records.ts';
import type { CellEnd } from '../phoenix/federation/sweep.ts';
import { failureOf } from './failures.ts';
import { interruption } from './interruption.ts';
import { ownerOf } from './owner.ts';
import { cpuSteps } from './steps/cpu-steps.ts';
import { publish, publishSweep, type PublishContext } from './steps/publish.ts';
import { keepHistory, record, type HistoryContext } from './steps/record.ts';
import { weightsHash } from './steps/weights-hash.ts';

export type CpuActivities = ReturnType<typeof createCpuActivities>;

/** What the server knows of workflows. */
export interface Workflows extends Pick<HistoryContext, 'history'> {
  /** Waits for the end of a run. Rejects once `signal` is aborted. */
  readonly endOf: (run: string, signal: AbortSignal) => Promise<CellEnd>;
}

const HEARTBEAT_MS = 1000;

export function createCpuActivities(context: Omit<PublishContext, 'owner'>, { history, endOf }: Workflows) {
  const activity =
    <Request, Result>(
      step: (context: PublishContext & HistoryContext, request: Request) => Promise<Result>,
    ) =>
    (request: Request): Promise<Result> =>
      beating(({ info }) => step({ ...context, history, owner: ownerOf(info) }, request));
  return {
    prepare: activity(cpuSteps.prepare),
    initialise: activity(cpuSteps.initialise),
    aggregate: activity(cpuSteps.aggregate),
    movingAverage: activity(cpuSteps.movingAverage),
    grid: activity(cpuSteps.grid),
    record: activity(record),
    keepHistory: activity(keepHistory),
    publish: activity(publish),
    publishSweep: activity(publishSweep),
    followRun: (run: string): Promise<CellEnd> =>
      beating(({ cancellationSignal }) => endOf(run, cancellationSignal)),
    weightsHash: async (weights: Pick<FinalRecord, 'global' | 'personal'>) => weightsHash(weights),
  };
}

/** With heartbeats, so that a worker which is lost is noticed at once, and not when the activity should be over. */
async function beating<Result>(body: (context: Context) => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(context.heartbeat, HEARTBEAT_MS);
  try {
    return await body(context);
  } catch (error) {
    throw context.cancellationSignal.aborted ? interruption(context) : failureOf(error);
  } finally {
    clearInterval(timer);
  }
}
