/** The sweeps' documents, `sweeps/<name>.json`; how far a cell is, its run's own document says. */
import { type CellProgress, type SweepDocument, withRun } from '../federation/sweep.ts';
import type { Objects } from './object-store.ts';
import { RunStore } from './runs.ts';
import { getSealed, putSealed } from './sealed-json.ts';

export class SweepStore {
  readonly #store: Objects;

  constructor(store: Objects) {
    this.#store = store;
  }

  /** Writes the document as it stands now, over an earlier one. */
  async put(document: SweepDocument): Promise<void> {
    await putSealed(this.#store, sweepKey(document.name), document);
  }

  /** As the sweep has written it; null if there is no such sweep. Throws `CorruptObject`. */
  async document(name: string): Promise<SweepDocument | null> {
    return getSealed(this.#store, sweepKey(name));
  }

  /** With the newest that every run has written of itself; null if there is no such sweep. Throws `CorruptObject`. */
  async get(name: string): Promise<SweepDocument<CellProgress> | null> {
    const document = await this.document(name);
    if (!document) return null;
    const runs = new RunStore(this.#store);
    const cells: CellProgress[] = [];
    for (const cell of document.cells) cells.push(withRun(cell, await runs.get(cell.experiment, cell.run)));
    return { ...document, cells };
  }

  /** Names of all sweeps. */
  async *list(): AsyncIterable<string> {
    for await (const { key } of this.#store.list('sweeps/')) {
      const match = /^sweeps\/([^/]+)\.json$/.exec(key);
      if (match) yield match[1]!;
    }
  }
}

export const sweepKey = (name: string): string => `sweeps/${name}.json`;
