/** The connection to Temporal, opened so that a server that is not there is said within seconds. */
import { Client, Connection } from '@temporalio/client';
import { stackHealth } from '../infra/stack/background.ts';
import type { ResolvedConnection } from '../infra/stack/connection.ts';

/** Nobody answers at this address. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable';
  readonly address: string;

  constructor(address: string, cause: Error) {
    super(
      `no answer from Temporal at ${address}: ${cause.message}; ` +
        '`npx phoenix up` starts the local stack, TEMPORAL_ADDRESS names another one',
      { cause },
    );
    this.address = address;
  }
}

/**
 * The caller closes `client.connection`.
 * @throws TemporalUnreachable within 5 s
 */
export async function connectTemporal({ temporal, namespace, ui }: ResolvedConnection): Promise<Client> {
  const isLocal = ui !== null;
  if (isLocal && !localTemporalRuns())
    throw new TemporalUnreachable(temporal.address, new Error('the local stack was stopped'));
  try {
    const connection = await Connection.connect({ ...temporal, connectTimeout: '5 s' });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new TemporalUnreachable(temporal.address, error as Error);
  }
}

function localTemporalRuns(): boolean {
  const { supervisor, processes } = stackHealth();
  return supervisor !== null || processes.some(({ name, pid }) => name === 'temporal' && pid !== null);
}
