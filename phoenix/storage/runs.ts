/** The run documents, `runs/<experiment>/<run>.json`: what `status`, `show` and reports read. */
import type { FullRun, RoundRecord, RunDocument } from '../federation/records.ts';
import type { Blobs } from './blobs.ts';
import type { Objects } from './object-store.ts';
import { getSealed, putSealed } from './sealed-json.ts';

export class RunStore {
  readonly #store: Objects;

  constructor(store: Objects) {
    this.#store = store;
  }

  /** Writes the document as it stands now, over an earlier one. */
  async put(document: RunDocument): Promise<void> {
    await putSealed(this.#store, runKey(document.experiment, document.run), document);
  }

  /** Null if there is no such run. Throws `CorruptObject`. */
  async get<Settings>(experiment: string, run: string): Promise<RunDocument<Settings> | null> {
    return getSealed(this.#store, runKey(experiment, run));
  }

  /** Names of all runs, or of one experiment's, in order of their names. */
  async *list(experiment?: string): AsyncIterable<{ experiment: string; run: string }> {
    const prefix = experiment === undefined ? 'runs/' : `runs/${experiment}/`;
    for await (const { key } of this.#store.list(prefix)) {
      const match = /^runs\/([^/]+)\/([^/]+)\.json$/.exec(key);
      if (match) yield { experiment: match[1]!, run: match[2]! };
    }
  }
}

/**
 * A run with the full records of its rounds.
 *
 * @throws MissingObject, CorruptObject
 */
export async function loadRounds<Settings>(
  blobs: Blobs,
  document: RunDocument<Settings>,
): Promise<FullRun<Settings>> {
  const rounds: FullRun['rounds'][number][] = [];
  // One after the other: hundreds at a time would need hundreds of connections.
  for (const summary of document.rounds) {
    rounds.push({ ...summary, ...((await blobs.getJson(summary.record)) as RoundRecord) });
  }
  return { ...document, rounds };
}

export function runKey(experiment: string, run: string): string {
  return `runs/${experiment}/${run}.json`;
}
