/** `phoenix run`: starts an experiment, or joins the run that there is, and follows it. */
import { loadExperiment, type NamedExperiment } from '../phoenix/config/load.ts';
import { readyExperiment } from '../phoenix/config/ready.ts';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { Continuation } from '../phoenix/federation/continuation.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { whole } from '../phoenix/report/format.ts';
import type { RunStore } from '../phoenix/storage/runs.ts';
import { withAccess, type Access } from './access.ts';
import { attach, leave } from './attach.ts';
import { BadInput } from './errors.ts';
import { startRun, type StartedExperiment } from './follow.ts';
import { interruption } from './interrupt.ts';
import { printJson } from './json.ts';
import { addressInUi } from './results.ts';

export interface FollowOptions {
  readonly detach?: true;
  readonly json?: true;
}

export interface RunOptions extends FollowOptions {
  readonly set?: readonly string[];
  readonly fresh?: true;
}

export async function run(file: string, options: RunOptions): Promise<void> {
  const loaded = loadExperiment(file, options.set);
  if (loaded.imageFolder) {
    const { train, test } = loaded.imageFolder;
    console.error(`Reading ${whole(train.length + test.length)} images`);
  }
  const ready = await readyExperiment(loaded);
  await withAccess(async (access) => {
    await startAndFollow(access, await unmarked(access.runs, ready, options.fresh ?? false), null, options);
  });
}

/**
 * The run of these settings that is what they alone give, or may become it. One that was changed by hand, or whose clients
 * missed a deadline, is never taken for it.
 *
 * @param fresh look for another run of the same settings: the first that is not marked so, or that there is not yet
 * @throws BadInput when the run of these settings is marked
 */
export async function unmarked<E extends NamedExperiment>(
  runs: RunStore,
  loaded: E,
  fresh: boolean,
): Promise<E> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? loaded.run : `${loaded.run}-${number}`;
    const document = await runs.get(loaded.experiment.name, name);
    const mark = document && markOf(document);
    if (!mark) return { ...loaded, run: name };
    if (!fresh)
      throw new BadInput(
        `${name} has these settings, but ${mark}; --fresh starts another run of them, ` +
          `\`npx phoenix show ${name}\` shows this one`,
      );
  }
}

function markOf({ steered, timingDependent }: RunDocument): string | null {
  if (steered) return 'was changed by hand';
  return timingDependent ? 'went on without clients that missed its deadline' : null;
}

/**
 * @param carried what the run goes on from; null: from the beginning
 * @param options `again`: also when it has finished
 */
export async function startAndFollow(
  access: Access,
  experiment: StartedExperiment,
  carried: Continuation<Experiment> | null,
  options: FollowOptions & { readonly again?: true },
): Promise<void> {
  const interrupted = interruption();
  await startRun(access, experiment, carried, options.again);
  const { run: name, settingsHash } = experiment;
  if (!options.detach) return attach(access, name, options, interrupted);
  const ui = addressInUi(name, access.connection);
  if (options.json) printJson({ run: name, settingsHash, ui });
  else leave(name, ui, console.log);
}
