/** Requests to a workflow that is open, which its worker answers. */
import {
  WorkflowNotFoundError,
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

/** What has changed, in words. Throws `BadInput` when it refuses or is over, `NoAnswer`. */
export const steered = (
  client: Client,
  asked: string,
  request: SteeringRequest,
  workflow = asked,
): Promise<string> => whileOpen(asked, updated(client, asked, workflow, 'steer', request));

/**
 * @param asked what its user calls it
 * @param workflow its id
 * @param update which of the workflow's updates
 * @throws BadInput when it refuses, NoAnswer; WorkflowNotFoundError when it is over
 */
export async function updated<Answer>(
  client: Client,
  asked: string,
  workflow: string,
  update: string,
  request: unknown,
): Promise<Answer> {
  try {
    return await client.withDeadline(Date.now() + patience, () =>
      client.workflow.getHandle(workflow).executeUpdate<Answer, [unknown]>(update, { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new BadInput(`${asked} refuses: ${error.cause?.message ?? error.message}`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw new NoAnswer(asked);
    throw error;
  }
}

/**
 * Waits until the workflow has come to its end, and returns what Temporal calls that: "cancelled". Throws `BadInput` when it
 * is over.
 */
export async function cancelled(client: Client, asked: string, workflow = asked): Promise<string> {
  const handle = client.workflow.getHandle(workflow);
  await whileOpen(asked, handle.cancel());
  await handle.result().catch(() => {});
  return (await handle.describe()).status.name.toLowerCase();
}

/** It was open when it was looked at, but may have come to its end since. */
async function whileOpen<T>(asked: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new BadInput(`${asked} has just come to its end; \`npx phoenix status ${asked}\` says how`);
  }
}
