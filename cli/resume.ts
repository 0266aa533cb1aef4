/** `phoenix resume`: goes on with what was paused, with a run that was cancelled or has failed, and mends one that was damaged since. */
import type { Experiment } from '../phoenix/config/schema.ts';
import { continued, repeated, type Continuation } from '../phoenix/federation/continuation.ts';
import type { RunDocument } from '../phoenix/federation/records.ts';
import { blobKey, MissingObject } from '../phoenix/storage/blobs.ts';
import { setAside } from '../phoenix/storage/quarantine.ts';
import { referencesIn } from '../phoenix/storage/references.ts';
import { loadRounds, runKey } from '../phoenix/storage/runs.ts';
import { verifyRun } from '../phoenix/storage/verify.ts';
import { withAccess, type Access } from './access.ts';
import { BadInput } from './errors.ts';
import { named } from './names.ts';
import { startAndFollow, type FollowOptions } from './run.ts';
import { experimentOf, runDocument } from './runs.ts';
import { holdSweep } from './steer-sweep.ts';
import { steerRun } from './steer.ts';

/** What was computed is not there any more as it was: the steps that made it have to be done again. */
const damages = new Set(['CorruptObject', 'MissingObject']);

type Document = RunDocument<Experiment>;

/** Takes one line for people. */
type Say = (line: string) => void;

export async function resume(wanted: string, options: FollowOptions): Promise<void> {
  await withAccess(async (access) => {
    const { client, runs } = access;
    const found = await named(wanted, access);
    if ('sweep' in found) return holdSweep(access, found.sweep, 'resume', options);
    const summary = found.run;
    const document = await runDocument(summary, client, runs);
    if (!document) throw new BadInput(`${summary.run} (${summary.state}) has left nothing to go on from`);
    const { run, state, settings, settingsHash } = document;
    const say: Say = (line) => (options.json ? console.error(line) : console.log(line));
    if (state === 'running') {
      if (!document.paused) return say(`${run} is running`);
      return steerRun(access, summary, { kind: 'resume' }, options);
    }
    const carried =
      state === 'finished'
        ? await mended(access, document, say)
        : await fromTheLastRound(access, document, say);
    if (carried === null) return say(`${run} has finished`);
    await startAndFollow(access, { experiment: settings, settingsHash, run }, carried, {
      ...options,
      again: true,
    });
  });
}

/** After the last round that is there. */
async function fromTheLastRound(
  access: Access,
  document: Document,
  say: Say,
): Promise<Continuation<Experiment>> {
  const { run, phase, rounds, failure } = document;
  say(failure ? `${run} failed: ${failure.message}` : `${run} was cancelled in ${phase}`);
  if (failure !== null && damages.has(failure.type)) return fromTheBeginning(access, document, say);
  try {
    const carried = continued(await loadRounds(access.blobs, document));
    say(`It goes on after ${rounds.length} finished rounds.`);
    return carried;
  } catch (error) {
    if (!isDamage(error)) throw error;
    say(error.message);
    return fromTheBeginning(access, document, say);
  }
}

/** Null: all that the run reaches is as it was written. What is not is set aside, so that it is made again. */
async function mended(
  access: Access,
  document: Document,
  say: Say,
): Promise<Continuation<Experiment> | null> {
  const { store } = access;
  const lost = new Set<string>();
  for await (const { key, problem } of verifyRun(store, document.experiment, document.run)) {
    if (problem === null) continue;
    say(`${key}: ${problem}`);
    lost.add(key);
    if (key !== runKey(document.experiment, document.run)) await setAside(store, key);
  }
  if (lost.size === 0) return null;
  // What the server knew of earlier executions nobody can compute.
  const histories = document.histories.filter(({ ref }) => !lost.has(blobKey(ref)));
  return fromTheBeginning(access, { ...document, histories }, say);
}

/** Of a fork that is where it left its parent, which alone can compute again what comes before. */
async function fromTheBeginning(
  { blobs, runs, store }: Access,
  document: Document,
  say: Say,
): Promise<Continuation<Experiment>> {
  const { run, forkedFrom } = document;
  const beginning = forkedFrom ? `round ${forkedFrom.round} of ${forkedFrom.run}` : 'the beginning';
  say(`It is repeated from ${beginning}; only what is damaged, and what follows from it, is computed again.`);
  if (!forkedFrom) return repeated({ ...document, rounds: [] });
  const parent = await runs.get(experimentOf(forkedFrom.run), forkedFrom.run);
  // Its records are newer than the fork's where the parent was mended since.
  const { rounds } = parent && parent.rounds.length >= forkedFrom.round ? parent : document;
  try {
    const shared = { ...document, rounds: rounds.slice(0, forkedFrom.round) };
    const carried = repeated(await loadRounds(blobs, shared));
    const { partition, yardstick } = document;
    for (const ref of referencesIn({ partition, yardstick, ...carried.models }).refs) {
      if ((await store.size(blobKey(ref))) !== ref.bytes) throw new MissingObject(blobKey(ref));
    }
    return carried;
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new BadInput(
      `${run} needs ${forkedFrom.run}, and ${error.message}; \`npx phoenix resume ${forkedFrom.run}\` computes it again`,
    );
  }
}

const isDamage = (error: unknown): error is Error => error instanceof Error && damages.has(error.name);
