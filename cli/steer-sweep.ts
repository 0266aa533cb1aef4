/** What can be done to a sweep as a whole: its cells are steered by their runs. */
import { sweepId } from '../workflows/labels.ts';
import type { Access } from './access.ts';
import { BadInput } from './errors.ts';
import { printJson } from './json.ts';
import { sweepState } from './sweeps.ts';
import { cancelled, steered } from './update.ts';
import { described } from './workflows.ts';

interface Options {
  readonly json?: true;
}

/** Holds all of its cells, or lets them go on. Throws `BadInput` when it is over, or refuses. */
export async function holdSweep(
  access: Access,
  sweep: string,
  kind: 'pause' | 'resume',
  { json }: Options,
): Promise<void> {
  await demandOpen(access, sweep);
  const effect = await steered(access.client, sweep, { kind }, sweepId(sweep));
  if (json) printJson({ sweep, kind, effect });
  else console.log(`${sweep}: ${effect}`);
}

/** Its cells save checkpoints and end with it. Throws `BadInput` when it is over. */
export async function cancelSweep(access: Access, sweep: string, { json }: Options): Promise<void> {
  await demandOpen(access, sweep);
  const state = await cancelled(access.client, sweep, sweepId(sweep));
  if (json) printJson({ sweep, state });
  else console.log(`${sweep}: ${state}; ${takeUp}`);
}

/** Where the sweep's file is, nobody but its user knows. */
const takeUp = '`npx phoenix sweep FILE` with its file takes it up again';

async function demandOpen({ client }: Access, sweep: string): Promise<void> {
  const workflow = await described(client, sweepId(sweep));
  const state = workflow && sweepState(workflow.status);
  if (state === 'running') return;
  const what = state === 'finished' ? `\`npx phoenix status ${sweep}\` shows its cells` : takeUp;
  throw new BadInput(`${sweep} is not open any more${state ? `, but ${state}` : ''}; ${what}`);
}
