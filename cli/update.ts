/** Requests to a workflow that is open, which its worker answers. */
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { SteeringRequest } from '../phoenix/federation/steering.ts';
import { BadInput } from './errors.ts';

/** Nobody runs the workflow at the moment. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** A run, or a sweep. */
  readonly asked: string;

  constructor(asked: string) {
    super(
      `no worker has answered for ${asked} in ${patience / 1000} s; \`npx phoenix status\` shows the workers`,
    );
    this.asked = asked;
  }
}

/** Milliseconds. */
const patience = 60_000;

/**
 * @param asked what its user calls it
 * @param workflow its id
 * @returns what has changed, in words
 * @throws BadInput when it refuses, NoAnswer
 */
export async function steered(
  client: Client,
  asked: string,
  request: SteeringRequest,
  workflow = asked,
): Promise<string> {
  try {
    return await client.withDeadline(Date.now() + patience, () =>
      client.workflow
        .getHandle(workflow)
        .executeUpdate<string, [SteeringRequest]>('steer', { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new BadInput(`${asked} refuses: ${error.cause?.message ?? error.message}`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw new NoAnswer(asked);
    throw error;
  }
}

/** Waits until the workflow has come to its end, and returns what Temporal calls that: "cancelled". */
export async function cancelled(client: Client, workflow: string): Promise<string> {
  const handle = client.workflow.getHandle(workflow);
  await handle.cancel();
  await handle.result().catch(() => {});
  return (await handle.describe()).status.name.toLowerCase();
}
