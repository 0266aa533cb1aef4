/** Activities of the CPU queue: short, and without a device. */
import { Context } from '@temporalio/activity';
import type { FinalRecord } from '../phoenix/federation/records.ts';
import { failureOf } from './failures.ts';
import { ownerOf } from './owner.ts';
import { cpuSteps } from './steps/cpu-steps.ts';
import { publish, type PublishContext } from './steps/publish.ts';
import { keepHistory, record, type HistoryContext } from './steps/record.ts';
import { weightsHash } from './steps/weights-hash.ts';

export type CpuActivities = ReturnType<typeof createCpuActivities>;

const HEARTBEAT_MS = 1000;

export function createCpuActivities(
  context: Omit<PublishContext, 'owner'> & Pick<HistoryContext, 'history'>,
) {
  const activity =
    <Request, Result>(
      step: (context: PublishContext & HistoryContext, request: Request) => Promise<Result>,
    ) =>
    async (request: Request): Promise<Result> => {
      // So that a worker which is lost is noticed at once, and not when the step should be over.
      const { heartbeat } = Context.current();
      const timer = setInterval(heartbeat, HEARTBEAT_MS);
      try {
        return await step({ ...context, owner: ownerOf(Context.current().info) }, request);
      } catch (error) {
        throw failureOf(error);
      } finally {
        clearInterval(timer);
      }
    };
  return {
    prepare: activity(cpuSteps.prepare),
    initialise: activity(cpuSteps.initialise),
    aggregate: activity(cpuSteps.aggregate),
    movingAverage: activity(cpuSteps.movingAverage),
    grid: activity(cpuSteps.grid),
    record: activity(record),
    keepHistory: activity(keepHistory),
    publish: activity(publish),
    weightsHash: async (weights: Pick<FinalRecord, 'global' | 'personal'>) => weightsHash(weights),
  };
}
