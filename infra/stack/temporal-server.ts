/** The Temporal dev server with its database file and Web UI. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { logFile } from './logs.ts';
import { host } from './ports.ts';
import type { ProcessSpec } from './supervised-process.ts';

/** The dev server refuses to start with more than three of Double or of Int. */
export const searchAttributes = {
  PhoenixMode: 'Keyword',
  PhoenixAlpha: 'Keyword',
  PhoenixBeta: 'Keyword',
  PhoenixFid: 'Double',
  PhoenixPrecision: 'Double',
  PhoenixRound: 'Int',
  PhoenixActiveClients: 'Int',
} as const;

/** How long closed workflows are kept; the dev server's own 24 h would empty the UI over a weekend. */
const retention = '90 days';

export function temporalServer(
  binary: string,
  stateFolder: string,
  port: number,
  uiPort: number,
): ProcessSpec {
  const folder = join(stateFolder, 'temporal');
  mkdirSync(folder, { recursive: true });
  return {
    name: 'temporal',
    command: binary,
    args: [
      'server',
      'start-dev',
      `--ip=${host}`,
      `--port=${port}`,
      `--ui-port=${uiPort}`,
      `--db-filename=${join(folder, 'temporal.db')}`,
      // One write to the disk per transaction, as durable as the default journal with its three or more.
      '--sqlite-pragma=journal_mode=WAL',
      '--sqlite-pragma=synchronous=FULL',
      ...Object.entries(searchAttributes).map(([name, type]) => `--search-attribute=${name}=${type}`),
      // Priorities of activities need the new matcher.
      '--dynamic-config-value=matching.useNewMatcher=true',
    ],
    log: logFile(stateFolder, 'temporal'),
    ready: (signal) => keepHistories(`${host}:${port}`, signal),
  };
}

/** Resolves once the server answers and its namespace keeps closed workflows for long enough. */
async function keepHistories(address: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({
    address,
    // It is asked again and again below, and soon: neither the client's nor gRPC's own patience must add to that.
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 200 },
  });
  const request = { namespace: 'default', config: { workflowExecutionRetentionTtl: msToTs(retention) } };
  try {
    for (;;) {
      try {
        await connection.withDeadline(Date.now() + 2000, () =>
          connection.workflowService.updateNamespace(request),
        );
        return;
      } catch (error) {
        // Nobody listens yet, or the namespace is still being made: which of them does not matter.
        if (signal.aborted) throw error;
        await delay(100);
      }
    }
  } finally {
    await connection.close();
  }
}
