import type { Info } from '@temporalio/activity';
import type { Owner } from '../phoenix/storage/claim.ts';

/** In whose name an activity works on its step. */
export function ownerOf({ workflowExecution, activityId, attempt }: Info): Owner {
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  return { workflow: workflowId, execution: runId, activity: activityId, attempt };
}
