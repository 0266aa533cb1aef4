/** Activities of the CPU queue: short, and without a device. */
import { Context } from '@temporalio/activity';
import type { FinalRecord } from '../phoenix/federation/records.ts';
import { failureOf } from './failures.ts';
import { ownerOf } from './owner.ts';
import { aggregate } from './steps/aggregate.ts';
import { grid } from './steps/grid.ts';
import { initialise } from './steps/initialise.ts';
import { prepare } from './steps/prepare.ts';
import { publish, type PublishContext } from './steps/publish.ts';
import { weightsHash } from './steps/weights-hash.ts';

export type CpuActivities = ReturnType<typeof createCpuActivities>;

export function createCpuActivities(context: Omit<PublishContext, 'owner'>) {
  const activity =
    <Request, Result>(step: (context: PublishContext, request: Request) => Promise<Result>) =>
    async (request: Request): Promise<Result> => {
      try {
        return await step({ ...context, owner: ownerOf(Context.current().info) }, request);
      } catch (error) {
        throw failureOf(error);
      }
    };
  return {
    prepare: activity(prepare),
    initialise: activity(initialise),
    aggregate: activity(aggregate),
    grid: activity(grid),
    publish: activity(publish),
    weightsHash: async (weights: Pick<FinalRecord, 'global' | 'personal'>) => weightsHash(weights),
  };
}
