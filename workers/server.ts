/** Workflows as the server has them now. */
import { Client, Connection, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Workflows } from '../activities/cpu.ts';
import type { ResolvedConnection } from '../infra/stack/connection.ts';
import { endBy } from '../phoenix/federation/failure.ts';

/** Connects when it is first asked. */
export function openWorkflows({
  temporal,
  namespace,
}: ResolvedConnection): Workflows & { close(): Promise<void> } {
  const connection = Connection.lazy(temporal);
  const client = new Client({ connection, namespace });
  return {
    history: async (id) => {
      try {
        const history = await client.workflow.getHandle(id).fetchHistory();
        return proto.temporal.api.history.v1.History.encode(history).finish();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
    endOf: async (run, signal) => {
      try {
        await client.withAbortSignal(signal, () => client.workflow.getHandle(run).result());
        return { state: 'finished', failure: null };
      } catch (error) {
        if (error instanceof WorkflowFailedError) return endBy(error);
        throw error;
      }
    },
    close: () => connection.close(),
  };
}
