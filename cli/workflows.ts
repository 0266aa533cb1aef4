/** One workflow, a run's or a sweep's, as Temporal has it: how it stands, and what it says of itself. */
import { WorkflowNotFoundError, type Client, type WorkflowExecutionStatusName } from '@temporalio/client';
import type { RunState } from '../phoenix/federation/records.ts';

export const stateOf = (status: WorkflowExecutionStatusName): RunState => {
  switch (status) {
    case 'COMPLETED':
      return 'finished';
    case 'CANCELLED':
    case 'TERMINATED':
      return 'cancelled';
    case 'FAILED':
    case 'TIMED_OUT':
      return 'failed';
    default:
      return 'running';
  }
};

/**
 * A workflow's newest execution; `version` changes with everything that happens to it.
 *
 * @returns null where the server does not know it, or not any more
 */
export async function described(client: Client, workflow: string) {
  try {
    const { runId, historyLength, status } = await client.workflow.getHandle(workflow).describe();
    return { version: `${runId} ${historyLength}`, status: status.name };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * The document of a run or of a sweep, as its workflow has it.
 *
 * @returns null while no worker is there to answer
 */
export async function queryWorkflow<Document>(client: Client, workflow: string): Promise<Document | null> {
  try {
    return await client.withDeadline(Date.now() + 3000, () =>
      client.workflow.getHandle(workflow).query<Document>('document'),
    );
  } catch {
    return null;
  }
}
