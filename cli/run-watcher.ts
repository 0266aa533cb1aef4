/** A run as it goes on: asked again and again, it tells what is new. */
import { WorkflowFailedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { Experiment } from '../phoenix/config/schema.ts';
import type { RunDocument, RunState } from '../phoenix/federation/records.ts';
import { ActivityLog, type EndedStep, type OpenStep } from './activity-log.ts';
import { queryWorkflow, stateOf } from './workflows.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Events that are asked for at a time. */
const PAGE = 200;

export interface RunView {
  readonly state: RunState;
  /** What the run knows of itself; null while no worker is there to tell. */
  readonly document: RunDocument<Experiment> | null;
  /** Steps that ended since the last look, in order; at the first look, all that have ended so far. */
  readonly ended: readonly EndedStep[];
  readonly open: readonly OpenStep[];
}

/** A workflow execution of the run: the experiment itself, or a round that has not been read to its end. */
interface Watched {
  execution: string;
  events: number;
  log: ActivityLog;
}

export class RunWatcher {
  readonly #client: Client;
  readonly #run: string;
  readonly #watched = new Map<string, Watched>();
  #document: RunDocument<Experiment> | null = null;
  /** Something has happened since the document was asked for. */
  #isStale = true;
  /** Read, and not told yet: a server that goes away in the middle of a look must not take them along. */
  readonly #ended: EndedStep[] = [];

  constructor(client: Client, run: string) {
    this.#client = client;
    this.#run = run;
    this.#watch(run);
  }

  /** Throws gRPC errors while the server does not answer, and may be asked again. */
  async look(): Promise<RunView> {
    const open: OpenStep[] = [];
    let state: RunState = 'running';
    // Rounds found on the way are appended and looked at in the same pass.
    for (const [workflow, watched] of this.#watched) {
      const handle = this.#client.workflow.getHandle(workflow);
      const description = await handle.describe();
      if (description.runId !== watched.execution) {
        Object.assign(watched, { execution: description.runId, events: 0, log: new ActivityLog() });
      }
      if (description.historyLength > watched.events) {
        const events = await this.#eventsAfter(watched.events, {
          workflowId: workflow,
          runId: description.runId,
        });
        const news = watched.log.read(events);
        watched.events += events.length;
        this.#ended.push(...news.ended);
        news.children.forEach((child) => this.#watch(child));
        if (workflow === this.#run) this.#isStale = true;
      }
      open.push(...(description.raw.pendingActivities ?? []).map((activity) => watched.log.open(activity)));
      if (workflow === this.#run) state = stateOf(description.status.name);
      else if (description.status.name !== 'RUNNING') this.#watched.delete(workflow);
    }
    if (this.#isStale) {
      const document = await queryWorkflow<RunDocument<Experiment>>(this.#client, this.#run);
      this.#isStale = document === null;
      this.#document = document ?? this.#document;
    }
    const ended = this.#ended.splice(0).toSorted((a, b) => a.at - b.at);
    return { state, document: this.#document, ended, open };
  }

  /**
   * From the newest event back to the last one that is known: the whole history of a round of 1,000 clients is several
   * megabytes, every time.
   */
  async #eventsAfter(
    known: number,
    execution: { readonly workflowId: string; readonly runId: string },
  ): Promise<HistoryEvent[]> {
    const { workflowService, options } = this.#client;
    const found: HistoryEvent[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await workflowService.getWorkflowExecutionHistoryReverse({
        namespace: options.namespace,
        execution,
        maximumPageSize: PAGE,
        ...(nextPageToken && { nextPageToken }),
      });
      found.push(...(page.history?.events ?? []));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken?.length && Number(found.at(-1)!.eventId) > known + 1);
    return found.filter(({ eventId }) => Number(eventId) > known).reverse();
  }

  #watch(workflow: string): void {
    this.#watched.set(workflow, { execution: '', events: 0, log: new ActivityLog() });
  }
}

/**
 * The end of a run that is not running any more.
 * @returns its document, or why there is none
 */
export async function outcome(
  client: Client,
  run: string,
): Promise<{ document: RunDocument<Experiment> } | { failure: string }> {
  try {
    return { document: (await client.workflow.getHandle(run).result()) as RunDocument<Experiment> };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { failure: rootCause(error.cause) ?? error.message };
    if (error instanceof WorkflowNotFoundError) return { failure: error.message };
    throw error;
  }
}
