/** A sweep as it goes on: asked again and again, it tells how far its cells are, and asks nobody twice without need. */
import type { RunDocument } from '../phoenix/federation/records.ts';
import {
  withRun,
  type CellProgress,
  type SweepCell,
  type SweepDocument,
} from '../phoenix/federation/sweep.ts';
import { sweepId } from '../workflows/labels.ts';
import type { PartialAccess } from './access.ts';
import { BadInput } from './errors.ts';
import { sweepDocument, sweepState } from './sweeps.ts';
import { described, queryWorkflow, stateOf } from './workflows.ts';

/** What was known when it was asked for. */
interface Known<Document> {
  /** Of a workflow: its execution and how long its history was. Of others: in which state they were. */
  readonly version: string;
  readonly document: Document | null;
}

export class SweepWatcher {
  readonly #access: Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>;
  readonly #name: string;
  #sweep: Known<SweepDocument> = { version: '', document: null };
  readonly #cells = new Map<string, Known<RunDocument>>();

  constructor(access: Pick<PartialAccess, 'client' | 'runs' | 'sweeps'>, name: string) {
    this.#access = access;
    this.#name = name;
  }

  /**
   * Throws gRPC errors and `StoreUnreachable` while a server does not answer, and may be asked again.
   *
   * @returns null before a worker has been there to tell
   * @throws BadInput when there is no such sweep
   */
  async look(): Promise<SweepDocument<CellProgress> | null> {
    const sweep = await this.#document();
    if (!sweep) return null;
    const isOpen = sweep.state === 'running';
    const underWay = new Map<string, CellProgress>();
    const asked = sweep.cells
      .filter(({ state }) => state === 'running')
      .map(async (cell) => underWay.set(cell.run, await this.#running(cell, isOpen)));
    await Promise.all(asked);
    const cells: CellProgress[] = [];
    // One after the other: there may be hundreds.
    for (const cell of sweep.cells) cells.push(underWay.get(cell.run) ?? (await this.#still(cell)));
    return { ...sweep, cells };
  }

  async #document(): Promise<SweepDocument | null> {
    const { client, sweeps } = this.#access;
    const workflow = client && (await described(client, sweepId(this.#name)));
    const version = workflow?.version ?? '';
    if (version === '' || version !== this.#sweep.version) {
      const state = workflow && sweepState(workflow.status);
      const document = await sweepDocument({ name: this.#name, state }, client, sweeps);
      // Nobody has answered: what is known stays, and is asked for again.
      this.#sweep = document ? { version, document } : { ...this.#sweep, version: '' };
    }
    if (!workflow && !this.#sweep.document) throw new BadInput(`there is no sweep ${this.#name}`);
    return this.#sweep.document;
  }

  /** @param isOpen the sweep knows what the cell does; else it alone does */
  async #running(cell: SweepCell, isOpen: boolean): Promise<CellProgress> {
    const { client } = this.#access;
    const workflow = client && (await described(client, cell.run));
    if (!workflow) return this.#standing(cell);
    const state = isOpen ? 'running' : stateOf(workflow.status);
    const known = this.#cells.get(cell.run);
    if (known?.document && known.version === workflow.version)
      return { ...cell, state, document: known.document };
    const live = state === 'running' ? await queryWorkflow<RunDocument>(client, cell.run) : null;
    const document = live ?? (await this.#stored(cell)) ?? known?.document ?? null;
    this.#cells.set(cell.run, { version: live ? workflow.version : '', document });
    // A run that was terminated could not write its last words.
    return { ...cell, state, document: document && !isOpen ? { ...document, state } : document };
  }

  /** Of a cell that waits, or is over; but somebody may have resumed it by hand, or its run was terminated. */
  async #still(cell: SweepCell): Promise<CellProgress> {
    const left = await this.#standing(cell);
    return cell.state !== 'running' && left.state === 'running' ? this.#running(left, false) : left;
  }

  /** With what it has left in the store. One that has finished, or has yet to be begun, stays as it is. */
  async #standing(cell: SweepCell): Promise<CellProgress> {
    const known = this.#cells.get(cell.run);
    const isSettled = cell.state === 'waiting' || known?.document?.state === 'finished';
    if (known?.version === cell.state && isSettled) return withRun(cell, known.document);
    const document = (await this.#stored(cell)) ?? known?.document ?? null;
    this.#cells.set(cell.run, { version: cell.state, document });
    return withRun(cell, document);
  }

  async #stored({ experiment, run }: SweepCell): Promise<RunDocument | null> {
    return (await this.#access.runs?.get(experiment, run)) ?? null;
  }
}
