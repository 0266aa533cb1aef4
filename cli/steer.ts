/** `phoenix pause`, `disconnect`, `add-rounds` …: what can be done to a run while it is open. */
import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { SteeringRequest } from '../phoenix/federation/steering.ts';
import { withAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { forkRun } from './fork.ts';
import { printJson } from './results.ts';
import { findRun, listRuns } from './runs.ts';

/** Nobody runs the run's workflow at the moment. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly run: string;

  constructor(run: string) {
    super(
      `no worker has answered for ${run} in ${patience / 1000} s; \`npx phoenix status\` shows the workers`,
    );
    this.run = run;
  }
}

/** Milliseconds. */
const patience = 60_000;

export async function steer(
  wanted: string,
  request: SteeringRequest,
  options: { json?: true },
): Promise<void> {
  await withAccess(async (access) => {
    const { run, state } = findRun(wanted, await listRuns(access.client, access.runs));
    if (request.kind === 'addRounds' && state === 'finished') {
      console.error(`${run} has finished: a fork of it goes on for ${request.rounds} more`);
      await forkRun(access, run, { more: request.rounds }, { detach: true, ...options });
      return;
    }
    if (state !== 'running') throw new BadInput(`${run} is not open any more, but ${state}`);
    const effect = await steerRun(access.client, run, request);
    if (options.json) printJson({ run, ...request, effect });
    else console.log(`${run}: ${effect}`);
  });
}

/**
 * @returns what has changed, in words
 * @throws BadInput when the run refuses it, NoAnswer
 */
export async function steerRun(client: Client, run: string, request: SteeringRequest): Promise<string> {
  try {
    return await client.withDeadline(Date.now() + patience, () =>
      client.workflow.getHandle(run).executeUpdate<string, [SteeringRequest]>('steer', { args: [request] }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new BadInput(`${run} refuses: ${error.cause?.message ?? error.message}`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) throw new NoAnswer(run);
    throw error;
  }
}

/** `phoenix cancel`: steps under way save a checkpoint, then the run is over, until somebody resumes it. */
export async function cancel(wanted: string, options: { json?: true }): Promise<void> {
  await withAccess(async ({ client, runs }) => {
    const { run, state } = findRun(wanted, await listRuns(client, runs));
    if (state !== 'running') throw new BadInput(`${run} is not open any more, but ${state}`);
    const handle = client.workflow.getHandle(run);
    await handle.cancel();
    await handle.result().catch(() => {});
    const end = (await handle.describe()).status.name.toLowerCase();
    if (options.json) printJson({ run, state: end });
    else console.log(`${run}: ${end}; \`npx phoenix resume ${run}\` goes on with it`);
  });
}
