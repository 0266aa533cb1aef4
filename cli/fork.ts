/** `phoenix fork`: another run whose first rounds are those of a run that there is. */
import { forkExperiment } from '../phoenix/config/fork.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import { forked, inForceAfter } from '../phoenix/federation/continuation.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { withAccess, type Access } from './access.ts';
import { BadInput } from './errors.ts';
import { runNamed } from './names.ts';
import { startAndFollow, type FollowOptions } from './run.ts';
import { runDocument } from './runs.ts';

export interface ForkOptions extends FollowOptions {
  readonly round: number;
  readonly set?: readonly string[];
}

export async function fork(wanted: string, { round, set = [], ...options }: ForkOptions): Promise<void> {
  await withAccess((access) => forkRun(access, wanted, { round, set }, options));
}

/** After a round and with changed settings, or after the last one for some rounds more. */
export type ForkPoint =
  { readonly round: number; readonly set: readonly string[] } | { readonly more: number };

/** @throws BadInput, SettingsError: then nothing was started */
export async function forkRun(
  access: Access,
  wanted: string,
  point: ForkPoint,
  options: FollowOptions,
): Promise<void> {
  const summary = await runNamed(wanted, access);
  const document = await runDocument(summary, access.client, access.runs);
  const done = document?.rounds.length ?? 0;
  if (!document || done === 0) throw new BadInput(`${summary.run} has no finished round to fork from`);
  const { round, set } =
    'more' in point ? { round: done, set: [`federation.rounds=${done + point.more}`] } : point;
  if (round < 1 || round > done)
    throw new BadInput(`${summary.run} can be forked after round 1 to ${done}, not ${round}`);
  const parent = { run: document.run, round };
  const { experiment, settingsHash, run } = forkExperiment(settingsAfter(round, document), parent, set);
  if (experiment.federation.rounds <= round)
    throw new BadInput(
      `a fork after round ${round} of ${experiment.federation.rounds} has nothing to do; --set federation.rounds=${round + 1} or more`,
    );
  const carried = forked(await loadRounds(access.blobs, document), {
    run,
    round,
    settings: experiment,
    settingsHash,
    startedAt: new Date().toISOString(),
  });
  await startAndFollow(access, { experiment, settingsHash, run }, carried, options);
}

/** With what had been changed by hand by then. */
function settingsAfter(round: number, document: RunDocument<Experiment>): Experiment {
  const { federation, filtering } = document.settings;
  const rule = filtering?.rule === 'threshold' ? filtering : null;
  const { rounds, threshold } = inForceAfter(round, document, {
    rounds: federation.rounds,
    threshold: rule?.threshold ?? null,
  });
  return {
    ...document.settings,
    federation: { ...federation, rounds },
    filtering: rule === null ? filtering : { ...rule, threshold: threshold! },
  };
}
