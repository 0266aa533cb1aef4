/** The run documents, `runs/<experiment>/<run>.json`: what `status`, `show` and reports read. */
import type { RunDocument } from '../federation/records.ts';
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

export function runKey(experiment: string, run: string): string {
  return `runs/${experiment}/${run}.json`;
}
