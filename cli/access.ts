/** Temporal and the store, both opened for one command and closed after it. */
import type { Client } from '@temporalio/client';
import { resolveConnection, type ResolvedConnection } from '../infra/stack/connection.ts';
import { Blobs } from '../phoenix/storage/blobs.ts';
import { ObjectStore } from '../phoenix/storage/object-store.ts';
import { StoreUnreachable } from '../phoenix/storage/store-errors.ts';
import { RunStore } from '../phoenix/storage/runs.ts';
import { SweepStore } from '../phoenix/storage/sweeps.ts';
import { connectTemporal, TemporalUnreachable } from './temporal.ts';

export interface Access {
  readonly connection: ResolvedConnection;
  readonly client: Client;
  readonly runs: RunStore;
  readonly sweeps: SweepStore;
  readonly blobs: Blobs;
  readonly store: ObjectStore;
}

/** Null where it cannot be reached; at most one of the two is. */
export type PartialAccess = Pick<Access, 'connection'> & {
  readonly client: Client | null;
  readonly runs: RunStore | null;
  readonly sweeps: SweepStore | null;
  readonly blobs: Blobs | null;
  readonly store: ObjectStore | null;
};

/**
 * For commands that need both.
 * @throws NoStack, TemporalUnreachable, StoreUnreachable
 */
export async function withAccess<T>(body: (access: Access) => Promise<T>): Promise<T> {
  return opened(async ({ access, troubles: [trouble] }) => {
    if (trouble) throw trouble;
    return body(access as Access);
  });
}

/**
 * For commands that only read: one of the two is enough, and what cannot be reached is said on standard error.
 * @throws NoStack, and TemporalUnreachable when neither answers
 */
export async function withWhatThereIs<T>(body: (access: PartialAccess) => Promise<T>): Promise<T> {
  return opened(async ({ access, troubles }) => {
    if (troubles.length === 2) throw troubles[0]!;
    for (const { message } of troubles) console.error(message);
    return body(access);
  });
}

interface Opened {
  readonly access: PartialAccess;
  readonly troubles: readonly Error[];
}

async function opened<T>(body: (opened: Opened) => Promise<T>): Promise<T> {
  const connection = resolveConnection();
  const store = new ObjectStore(connection.storage);
  const [temporal, storage] = await Promise.all([
    connectTemporal(connection).catch(unless(TemporalUnreachable)),
    // Any question will do.
    store.size('runs').catch(unless(StoreUnreachable)),
  ]);
  const client = temporal instanceof Error ? null : temporal;
  const stored =
    storage instanceof Error
      ? { runs: null, sweeps: null, blobs: null, store: null }
      : { runs: new RunStore(store), sweeps: new SweepStore(store), blobs: new Blobs(store), store };
  const troubles = [temporal, storage].filter((one) => one instanceof Error);
  try {
    return await body({ access: { connection, client, ...stored }, troubles });
  } finally {
    store.close();
    await client?.connection.close();
  }
}

const unless =
  <E extends Error>(expected: new (...args: never[]) => E) =>
  (error: unknown): E => {
    if (error instanceof expected) return error;
    throw error;
  };
