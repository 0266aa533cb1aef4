/**
 * A sweep: the runs of its cells, some of them at a time, to the end of all; it goes past those that fail. What cells have in
 * common they share by step keys: the sweep knows nothing of it.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { endBy } from '../phoenix/federation/failure.ts';
import {
  carriedOver,
  isOver,
  type CellEnd,
  type SweepCell,
  type SweepDocument,
} from '../phoenix/federation/sweep.ts';
import { beginCell, rejoinCell, tellCell, type SubmittedCell } from './cell.ts';
import { sweepDetails } from './labels.ts';
import { holdUpdate, submitUpdate, sweepQuery } from './messages.ts';
import { cpu, followRun } from './proxies.ts';

/** What a sweep is started with, and what it is told again while it runs. */
export interface SweepSubmission extends Pick<SweepDocument, 'name' | 'sweepHash' | 'maxParallel'> {
  /** In the order of the file; those that were over before are so already. */
  readonly cells: readonly SubmittedCell[];
  /** Cells that have failed wait again. */
  readonly retryFailed: boolean;
}

/** What an execution of a sweep hands to the next one. */
export interface SweepCarried extends Pick<SweepDocument, 'paused' | 'startedAt'> {
  /** Runs under way that the sweep itself has begun. */
  readonly begun: readonly string[];
}

/** @param carried state of the execution that this one continues */
export async function sweep(
  submission: SweepSubmission,
  carried: SweepCarried | null = null,
): Promise<SweepDocument> {
  const all = new Sweep(submission, carried);
  try {
    await all.run();
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => all.cancel());
    throw error;
  }
  return all.document;
}

class Sweep {
  document: SweepDocument;
  #submission: SweepSubmission;
  /** Runs under way that this sweep has begun; others are only waited for. */
  readonly #begun: Set<string>;
  /** Cells under way, by run: fulfilled once their ends are noted. */
  readonly #open = new Map<string, Promise<void>>();
  /** Number of cells that the server has not answered for yet. */
  #starting = 0;
  /** The document is newer than what was published. */
  #changed = true;

  constructor(submission: SweepSubmission, carried: SweepCarried | null) {
    this.#submission = submission;
    this.#begun = new Set(carried?.begun);
    const { name, sweepHash, maxParallel, cells } = submission;
    this.document = {
      name,
      sweepHash,
      state: 'running',
      paused: carried?.paused ?? false,
      maxParallel,
      startedAt: carried?.startedAt ?? workflowInfo().runStartTime.toISOString(),
      finishedAt: null,
      cells: cells.map(({ input: _input, ...cell }) => cell),
    };
    setHandler(sweepQuery, () => this.document);
    setHandler(submitUpdate, (again) => this.#submit(again));
    setHandler(holdUpdate, ({ kind }) => this.#hold(kind === 'pause'), {
      validator: ({ kind }) => {
        if ((kind === 'pause') !== this.document.paused) return;
        const refusal = this.document.paused ? 'it is paused already' : 'it is not paused';
        throw ApplicationFailure.nonRetryable(refusal, 'SteeringRefused');
      },
    });
  }

  /** Until every cell has come to its end, and the store knows. */
  async run(): Promise<void> {
    this.document.cells.filter(({ state }) => state === 'running').forEach((cell) => this.#begin(cell));
    for (;;) {
      for (let next = this.#next; next !== null; next = this.#next) this.#begin(next);
      if (isOver(this.document.cells) && this.document.state === 'running') this.#finish('finished');
      if (this.#changed) await this.#publish();
      else if (this.#isDone) return;
      else await condition(() => this.#changed || this.#isDone || this.#isLong);
      if (this.#isLong) await this.#continueAsNew();
    }
  }

  /** Cells under way have been cancelled too: they save checkpoints, and come to their ends. */
  async cancel(): Promise<void> {
    await Promise.all(this.#open.values());
    this.#finish('cancelled');
    await this.#publish();
    await condition(allHandlersFinished);
  }

  get #next(): SweepCell | null {
    const { paused, maxParallel, cells } = this.document;
    if (paused || this.#open.size >= maxParallel) return null;
    return cells.find(({ state }) => state === 'waiting') ?? null;
  }

  get #isDone(): boolean {
    return this.document.state === 'finished' && !this.#changed && allHandlersFinished();
  }

  get #isLong(): boolean {
    return this.document.state === 'running' && workflowInfo().continueAsNewSuggested;
  }

  #begin(cell: SweepCell): void {
    const through = async (): Promise<void> => {
      this.#note(cell.run, { state: 'running', failure: null });
      this.#note(cell.run, await this.#endOf(cell));
      this.#open.delete(cell.run);
    };
    // Noted as open before its first message, since the next cell is looked for at once.
    this.#open.set(cell.run, Promise.resolve());
    this.#open.set(cell.run, through());
  }

  async #endOf({ run, label }: SweepCell): Promise<CellEnd> {
    const cell = this.#submission.cells.find((one) => one.run === run)!;
    const isOurs = this.#begun.has(run);
    try {
      const child = isOurs ? null : await this.#started(cell);
      if (this.document.paused) await tellCell(run, true);
      if (!child) return await (isOurs ? rejoinCell(cell) : followRun(run, label));
      this.#begun.add(run);
      await child.result();
      return { state: 'finished', failure: null };
    } catch (error) {
      return endBy(error as Error);
    } finally {
      this.#begun.delete(run);
    }
  }

  async #started(cell: SubmittedCell): ReturnType<typeof beginCell> {
    this.#starting++;
    try {
      return await beginCell(cell);
    } finally {
      this.#starting--;
    }
  }

  /** Cells that the file has no more are followed to their ends where they are under way, and forgotten elsewhere. */
  #submit(again: SweepSubmission): void {
    const runs = new Set(again.cells.map(({ run }) => run));
    const left = this.#submission.cells.filter(({ run }) => this.#open.has(run) && !runs.has(run));
    this.#submission = { ...again, cells: [...again.cells, ...left] };
    const cells = carriedOver(this.#submission.cells, this.document.cells, again.retryFailed);
    const { sweepHash, maxParallel } = again;
    this.#enter({
      sweepHash,
      maxParallel,
      state: 'running',
      finishedAt: null,
      cells: cells.map(({ input: _input, ...cell }) =>
        this.#open.has(cell.run) ? { ...cell, state: 'running' } : cell,
      ),
    });
  }

  async #hold(paused: boolean): Promise<string> {
    this.#enter({ paused });
    const held = this.document.cells.filter(({ state }) => state === 'running');
    await Promise.all(held.map(({ run }) => tellCell(run, paused)));
    const cells = `${held.length} of its cells ${held.length === 1 ? 'was' : 'were'} under way`;
    return paused ? `paused; ${cells}` : `goes on; ${cells}`;
  }

  #note(run: string, end: CellEnd): void {
    this.#enter({
      cells: this.document.cells.map((cell) => (cell.run === run ? { ...cell, ...end } : cell)),
    });
  }

  #finish(state: 'finished' | 'cancelled'): void {
    this.#enter({ state, finishedAt: new Date().toISOString() });
  }

  #enter(news: Partial<SweepDocument>): void {
    this.document = { ...this.document, ...news };
    this.#changed = true;
    setCurrentDetails(sweepDetails(this.document));
  }

  async #publish(): Promise<void> {
    this.#changed = false;
    await cpu('publishSweep', 'publish', this.document);
  }

  async #continueAsNew(): Promise<void> {
    await condition(() => this.#starting === 0 && allHandlersFinished());
    const { paused, startedAt, cells } = this.document;
    const known = new Map(cells.map((cell) => [cell.run, cell]));
    await continueAsNew<typeof sweep>(
      {
        ...this.#submission,
        cells: this.#submission.cells.map((cell) => ({ ...cell, ...known.get(cell.run) })),
      },
      { paused, startedAt, begun: [...this.#begun] },
    );
  }
}
