/** Histories as the server has them now. */
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ResolvedConnection } from '../infra/stack/connection.ts';

export interface Histories {
  /** Of a workflow's newest execution, as protobuf; null when the server does not know it. */
  readonly history: (workflow: string) => Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** Connects when it is first asked. */
export function openHistories({ temporal, namespace }: ResolvedConnection): Histories {
  const connection = Connection.lazy(temporal);
  const { workflow } = new Client({ connection, namespace });
  return {
    history: async (id) => {
      try {
        const history = await workflow.getHandle(id).fetchHistory();
        return proto.temporal.api.history.v1.History.encode(history).finish();
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
    close: () => connection.close(),
  };
}
