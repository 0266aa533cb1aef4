/** `phoenix resume`: goes on with a run that was paused, cancelled, or that failed. */
import { continued, repeated } from '../phoenix/federation/continuation.ts';
import { loadRounds } from '../phoenix/storage/runs.ts';
import { withAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { startAndFollow, type FollowOptions } from './run.ts';
import { findRun, listRuns, runDocument } from './runs.ts';
import { steerRun } from './steer.ts';

/** What was computed is not there any more as it was: the steps that made it have to be done again. */
const damages = new Set(['CorruptObject', 'MissingObject']);

export async function resume(wanted: string, options: FollowOptions): Promise<void> {
  await withAccess(async (access) => {
    const { client, runs, blobs } = access;
    const summary = findRun(wanted, await listRuns(client, runs));
    const document = await runDocument(summary, client, runs);
    if (!document) throw new BadInput(`${summary.run} (${summary.state}) has left nothing to go on from`);
    const { run, state, failure, settings, settingsHash } = document;
    const say = (line: string): void => (options.json ? console.error(line) : console.log(line));
    if (state === 'finished') return say(`${run} has finished`);
    if (state === 'running') {
      if (!document.paused) return say(`${run} is running`);
      return say(`${run}: ${await steerRun(client, run, { kind: 'resume' })}`);
    }
    say(failure ? `${run} failed: ${failure.message}` : `${run} was cancelled in ${document.phase}`);
    const isDamaged = failure !== null && damages.has(failure.type);
    say(
      isDamaged
        ? 'It is repeated from the beginning; only what is damaged, and what follows from it, is computed again.'
        : `It goes on after ${document.rounds.length} finished rounds.`,
    );
    const full = await loadRounds(blobs, document);
    const carried = isDamaged ? repeated(full) : continued(full);
    await startAndFollow(access, { experiment: settings, settingsHash, run }, carried, options);
  });
}
