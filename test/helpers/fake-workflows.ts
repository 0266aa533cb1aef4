/** A Temporal server in memory that knows how workflows stand and what they say of themselves. */
import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { WorkflowExecutionStatusName } from '@temporalio/client';

export interface FakeWorkflow {
  readonly type: 'experiment' | 'sweep';
  readonly status: WorkflowExecutionStatusName;
  readonly historyLength: number;
  /** Null: no worker answers. */
  readonly document: unknown;
}

interface Started {
  readonly workflowId: string;
  readonly args: readonly unknown[];
}

/** By id; tests change them between two looks. */
export class FakeWorkflows {
  readonly workflows = new Map<string, FakeWorkflow>();
  /** Ids of those that were asked for their documents, in order. */
  readonly queried: string[] = [];
  /** Number of requests that get no answer from here on. */
  silent = 0;
  /** Ids with what their workflows were started with, or told since. */
  readonly told: unknown[] = [];

  get client(): Client {
    return {
      workflow: {
        getHandle: (id: string) => this.#handle(id),
        start: async (type: FakeWorkflow['type'], options: Started) => this.#start(type, options),
        list: ({ query }: { query: string }) => this.#list(query),
      },
      withDeadline: (_: number, ask: () => unknown) => ask(),
    } as unknown as Client;
  }

  #start(type: FakeWorkflow['type'], { workflowId, args }: Started): void {
    if (this.workflows.get(workflowId)?.status === 'RUNNING')
      throw new WorkflowExecutionAlreadyStartedError('it runs', workflowId, type);
    this.workflows.set(workflowId, { type, status: 'RUNNING', historyLength: 1, document: null });
    this.told.push([workflowId, ...args]);
  }

  #handle(id: string) {
    return {
      describe: async () => {
        const { status, historyLength } = this.#find(id);
        return { runId: 'first', historyLength, status: { name: status } };
      },
      query: async () => {
        this.queried.push(id);
        const { document } = this.#find(id);
        if (document === null) throw new Error('no worker');
        return document;
      },
      executeUpdate: async (_: string, { args }: { args: readonly unknown[] }) => {
        this.#open(id);
        this.told.push([id, ...args]);
        return 'done';
      },
      cancel: async () => {
        this.workflows.set(id, { ...this.#open(id), status: 'CANCELLED' });
      },
      result: async () => {
        throw new Error('cancelled');
      },
    };
  }

  async *#list(query: string) {
    for (const [workflowId, { type, status }] of this.workflows) {
      if (!query.includes(`'${type}'`)) continue;
      const typedSearchAttributes = { get: () => undefined };
      yield { workflowId, status: { name: status }, startTime: new Date(0), typedSearchAttributes };
    }
  }

  #open(id: string): FakeWorkflow {
    const found = this.#find(id);
    if (found.status !== 'RUNNING') throw new WorkflowNotFoundError('already completed', id, undefined);
    return found;
  }

  #find(id: string): FakeWorkflow {
    if (this.silent > 0) {
      this.silent--;
      throw new ServiceError('unavailable');
    }
    const found = this.workflows.get(id);
    if (!found) throw new WorkflowNotFoundError('not found', id, undefined);
    return found;
  }
}
