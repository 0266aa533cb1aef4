/** What a kill cost: the work since the last checkpoint, which is done again. */
import type { Sighting } from './observer.ts';

export interface LostWork {
  /** Units of the step: training steps, images. */
  readonly work: number;
  readonly seconds: number;
}

/**
 * When the work after the checkpoint began is read from the sightings of the attempt, of which there is about one a
 * second: between two of them it is taken to go on evenly.
 *
 * @param sightings in the order of time
 * @param killed the step as it was last seen
 * @param checkpoint how much of it was saved
 * @param at when it was killed, ms since 1970
 */
export function lostWork(
  sightings: readonly Sighting[],
  { label, attempt, done }: Sighting,
  checkpoint: number,
  at: number,
): LostWork {
  const seen = sightings.filter((one) => one.label === label && one.attempt === attempt && one.at <= at);
  const next = seen.findIndex((one) => one.done > checkpoint);
  if (next < 0) return { work: 0, seconds: 0 };
  const [before, after] = [seen[next - 1], seen[next]!];
  const savedAt = before
    ? before.at + ((after.at - before.at) * (checkpoint - before.done)) / (after.done - before.done)
    : after.at;
  return { work: done - checkpoint, seconds: (at - savedAt) / 1000 };
}
