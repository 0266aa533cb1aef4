/** How long a process that died waits for its restart. */

const first = 500;
const longest = 15_000;
/** A process that was well for this long did not fail at its start: it begins again with the shortest wait. */
const healthy = 10_000;

export class Backoff {
  #failures = 0;

  /**
   * @param livedFor milliseconds between the start of the process and its end
   * @returns milliseconds to wait: 0.5 s, doubling with each early death up to 15 s
   */
  next(livedFor: number): number {
    if (livedFor >= healthy) this.#failures = 0;
    return Math.min(longest, first * 2 ** this.#failures++);
  }
}
