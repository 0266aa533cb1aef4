/** A run, looked at several times a second: what its steps have done by when, through all outages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenStep } from '../cli/activity-log.ts';
import type { RunView } from '../cli/run-watcher.ts';
import type { RunState } from '../phoenix/federation/records.ts';

/** A step was seen to have done more than before, or to have ended. */
export interface Sighting {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** "round 2 · client 3 · train, 4,000 images" */
  readonly label: string;
  /** From 1. */
  readonly attempt: number;
  /** Units of work; infinite once the step has ended. */
  readonly done: number;
}

/** The run did nothing for so long that it never will. */
export class RunStalled extends Error {
  override readonly name = 'RunStalled';

  constructor(run: string) {
    super(`${run} has not moved for ${PATIENCE_MS / 60_000} minutes`);
  }
}

const INTERVAL_MS = 200;
/** Longer than any wait between two attempts. */
const PATIENCE_MS = 180_000;

export class RunObserver {
  /** In the order of time. */
  readonly sightings: Sighting[] = [];
  /** Rejects with `RunStalled`. */
  readonly ended: Promise<RunState>;
  isOver = false;
  /** The step that a worker is at, as it was when it last changed; null between two steps. */
  running: Sighting | null = null;
  readonly #run: string;
  readonly #look: () => Promise<RunView>;
  readonly #newest = new Map<string, Sighting>();

  /** @param look may fail: that servers are away is a part of the game */
  constructor(run: string, look: () => Promise<RunView>) {
    this.#run = run;
    this.#look = look;
    this.ended = this.#observe().finally(() => (this.isOver = true));
  }

  /** The first sighting that `matches` after the time `since` (ms since 1970). Null: the run ended before. */
  async next(since: number, matches: (sighting: Sighting) => boolean): Promise<Sighting | null> {
    for (;;) {
      const found = this.sightings.find((one) => one.at > since && matches(one));
      if (found || this.isOver) return found ?? null;
      await delay(INTERVAL_MS / 2);
    }
  }

  async #observe(): Promise<RunState> {
    let moved = Date.now();
    for (;;) {
      const view = await this.#look().catch(() => null);
      if (view && this.#note(view)) moved = Date.now();
      if (view && view.state !== 'running') return view.state;
      if (Date.now() - moved > PATIENCE_MS) throw new RunStalled(this.#run);
      await delay(INTERVAL_MS);
    }
  }

  /** Whether there was any news. */
  #note({ open, ended }: RunView): boolean {
    const at = Date.now();
    const before = this.sightings.length;
    for (const { label, failure } of ended) {
      if (failure === null) this.sightings.push({ at, label, attempt: 0, done: Infinity });
    }
    const running = open.filter(({ isRunning }) => isRunning).map((step) => this.#see(at, step));
    this.running = running.toSorted((a, b) => b.at - a.at)[0] ?? null;
    return this.sightings.length > before;
  }

  #see(at: number, { label, attempt, done }: OpenStep): Sighting {
    const before = this.#newest.get(label);
    if (before?.attempt === attempt && before.done === done) return before;
    const sighting = { at, label, attempt, done };
    // An attempt that follows another one begins with what that one had said at last: this is no news.
    if (before ? before.attempt === attempt : done > 0) this.sightings.push(sighting);
    this.#newest.set(label, sighting);
    return sighting;
  }
}
