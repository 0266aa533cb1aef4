/** Histories as the server has them now. */
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ResolvedConnection } from '../infra/stack/connection.ts';

export interface Histories {
  /** Of a workflow's newest execution, as protobuf. */
  readonly history: (workflow: string) => Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Connects when it is first asked. */
export function openHistories({ temporal, namespace }: ResolvedConnection): Histories {
  const connection = Connection.lazy(temporal);
  const { workflow } = new Client({ connection, namespace });
  return {
    history: async (id) => {
      const history = await workflow.getHandle(id).fetchHistory();
      return proto.temporal.api.history.v1.History.encode(history).finish();
    },
    close: () => connection.close(),
  };
}
