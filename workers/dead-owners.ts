/** Steps that commands compute without Temporal: nobody says there when an attempt has ended, but the machine knows its process. */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineContext } from '../activities/steps/context.ts';
import type { StepBodies } from '../activities/steps/gpu-steps.ts';
import { type Owner, StepHeldElsewhere } from '../phoenix/storage/claim.ts';

const PAUSE_MS = 500;

const here = (): string => `commands on ${hostname()}`;

/** This process, as the owner of what it computes. */
export const processOwner = (): Owner => ({
  workflow: here(),
  execution: 'command',
  activity: String(process.pid),
  attempt: 1,
});

/**
 * Where another process computes a step it is waited for; where that process is no more, this one goes on as its next attempt and
 * need not wait until its claim expires.
 */
export function afterDeadOwners<Steps extends StepBodies>(steps: Steps): Steps {
  const patient = (body: StepBodies[string]) => async (context: EngineContext, request: never) => {
    for (let { owner } = context; ;) {
      try {
        return await body({ ...context, owner }, request);
      } catch (error) {
        if (!(error instanceof StepHeldElsewhere)) throw error;
        const { owner: holder } = error;
        if (isGone(holder)) owner = { ...holder, attempt: holder.attempt + 1 };
        else await delay(PAUSE_MS);
      }
    }
  };
  return Object.fromEntries(
    Object.entries(steps).map(([name, body]) => [name, patient(body)]),
  ) as unknown as Steps;
}

const isGone = ({ workflow, activity }: Owner): boolean =>
  workflow === here() && processIsGone(Number(activity));

/** Whether this machine has no such process (any more). */
export function processIsGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
