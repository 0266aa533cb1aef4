/** `phoenix pause`, `disconnect`, `add-rounds` …: what can be done to a run or a sweep while it is open. */
import type { SteeringRequest } from '../phoenix/federation/steering.ts';
import { withAccess, type Access } from './access.ts';
import { BadInput } from './errors.ts';
import { forkRun } from './fork.ts';
import { printJson } from './json.ts';
import { named, runNamed } from './names.ts';
import type { RunSummary } from './runs.ts';
import { cancelSweep, holdSweep } from './steer-sweep.ts';
import { cancelled, steered } from './update.ts';

interface Options {
  readonly json?: true;
}

/** `phoenix pause`: steps under way save a checkpoint; a sweep holds all of its cells. */
export async function pause(wanted: string, options: Options): Promise<void> {
  await withAccess(async (access) => {
    const found = await named(wanted, access);
    if ('sweep' in found) await holdSweep(access, found.sweep, 'pause', options);
    else await steerRun(access, found.run, { kind: 'pause' }, options);
  });
}

/** What only a run can be told. */
export async function steer(wanted: string, request: SteeringRequest, options: Options): Promise<void> {
  await withAccess(async (access) => {
    const summary = await runNamed(wanted, access);
    const { run, state } = summary;
    if (request.kind !== 'addRounds' || state !== 'finished')
      return steerRun(access, summary, request, options);
    console.error(`${run} has finished: a fork of it goes on for ${request.rounds} more`);
    await forkRun(access, run, { more: request.rounds }, { detach: true, ...options });
  });
}

export async function steerRun(
  { client }: Access,
  { run, state }: RunSummary,
  request: SteeringRequest,
  { json }: Options,
): Promise<void> {
  demandOpen(run, state);
  const effect = await steered(client, run, request);
  if (json) printJson({ run, ...request, effect });
  else console.log(`${run}: ${effect}`);
}

/** `phoenix cancel`: steps under way save a checkpoint, then it is over, until somebody goes on with it. */
export async function cancel(wanted: string, options: Options): Promise<void> {
  await withAccess(async (access) => {
    const found = await named(wanted, access);
    if ('sweep' in found) return cancelSweep(access, found.sweep, options);
    const { run, state } = found.run;
    demandOpen(run, state);
    const end = await cancelled(access.client, run);
    if (options.json) printJson({ run, state: end });
    else console.log(`${run}: ${end}; \`npx phoenix resume ${run}\` goes on with it`);
  });
}

function demandOpen(run: string, state: RunSummary['state']): void {
  if (state !== 'running') throw new BadInput(`${run} is not open any more, but ${state}`);
}
