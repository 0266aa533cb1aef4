/** The sweeps' documents, `sweeps/<name>.json`; how far a cell is, its run's own document says. */
import { type CellProgress, type SweepDocument, withRun } from '../federation/sweep.ts';
import { CorruptObject } from './blobs.ts';
import type { Objects } from './object-store.ts';
import { setAside } from './quarantine.ts';
import { RunStore } from './runs.ts';
import { getSealed, putSealed } from './sealed-json.ts';

/** The document of a sweep is not as it was written: nobody knows which its cells were, and how those that failed did. */
export class CorruptSweep extends Error {
  override readonly name = 'CorruptSweep';
  readonly sweep: string;

  constructor(sweep: string, cause: CorruptObject) {
    super(`what is known of the sweep ${sweep} is damaged: ${cause.message}`, { cause });
    this.sweep = sweep;
  }
}

export class SweepStore {
  readonly #store: Objects;

  constructor(store: Objects) {
    this.#store = store;
  }

  /** Writes the document as it stands now, over an earlier one. */
  async put(document: SweepDocument): Promise<void> {
    await putSealed(this.#store, sweepKey(document.name), document);
  }

  /** As the sweep has written it; null if there is no such sweep. Throws `CorruptSweep`. */
  async document(name: string): Promise<SweepDocument | null> {
    try {
      return await getSealed(this.#store, sweepKey(name));
    } catch (error) {
      throw error instanceof CorruptObject ? new CorruptSweep(name, error) : error;
    }
  }

  /**
   * With the newest that every run has written of itself; null if there is no such sweep.
   *
   * @throws CorruptSweep, and CorruptObject for the document of a run
   */
  async get(name: string): Promise<SweepDocument<CellProgress> | null> {
    const document = await this.document(name);
    if (!document) return null;
    const runs = new RunStore(this.#store);
    const cells: CellProgress[] = [];
    for (const cell of document.cells) cells.push(withRun(cell, await runs.get(cell.experiment, cell.run)));
    return { ...document, cells };
  }

  /** Moves a damaged document out of the way, so that the sweep can be begun anew. */
  async setAside(name: string): Promise<void> {
    await setAside(this.#store, sweepKey(name));
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
