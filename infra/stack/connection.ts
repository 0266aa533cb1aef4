/**
 * Where Temporal and the object store are. What the environment names wins, each of the two by itself; what it does
 * not name is the local stack's, as recorded in the state folder.
 */
import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { stateFolder } from '../../phoenix/config/environment.ts';
import { storageFromEnvironment, type StorageSettings } from '../../phoenix/storage/storage-settings.ts';
import { isSameProcess } from './process-identity.ts';
import { readStack, type StackState } from './state.ts';

/** What both the client's `Connection` and the worker's `NativeConnection` understand. */
export type TemporalConnection = Pick<ConnectionOptions, 'tls' | 'metadata'> & {
  readonly address: string;
  readonly apiKey?: string;
};

export interface ResolvedConnection {
  readonly temporal: TemporalConnection;
  readonly namespace: string;
  readonly storage: StorageSettings;
  /** URL of the Temporal Web UI; null where it is not the local stack's. */
  readonly ui: string | null;
}

/** The environment does not name a server, and no local stack runs in this state folder. */
export class NoStack extends Error {
  override readonly name = 'NoStack';
  readonly stateFolder: string;
  readonly missing: 'Temporal' | 'S3';

  /** @param lastAddress where the server of this state folder's stack was, if there ever was one */
  constructor(stateFolder: string, missing: 'Temporal' | 'S3', lastAddress: string | undefined) {
    const variable = missing === 'Temporal' ? 'TEMPORAL_ADDRESS' : 'PHOENIX_S3_ENDPOINT';
    const last = lastAddress === undefined ? '' : ` (its ${missing} was at ${lastAddress})`;
    super(
      `no ${missing} to talk to: ${variable} is not set and no local stack runs in ${stateFolder}${last}; ` +
        'start it with `npx phoenix up`',
    );
    this.stateFolder = stateFolder;
    this.missing = missing;
  }
}

/**
 * A Temporal profile in the user's home alone does not count: `npm start` must not train on a company's cluster
 * because its address lies there. Naming the profile, its file or an address does.
 */
export const temporalIsExternal = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some((name) => environment[name]);

/** AWS_* alone are on many machines for other reasons; a bucket or an endpoint for Phoenix is not. */
export const storageIsExternal = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  ['PHOENIX_S3_ENDPOINT', 'PHOENIX_S3_BUCKET'].some((name) => environment[name]);

/** @throws NoStack */
export function resolveConnection(): ResolvedConnection {
  const folder = stateFolder();
  const stack = readStack(folder);
  return { ...resolveTemporal(folder, stack), storage: resolveStorage(folder, stack) };
}

function resolveTemporal(folder: string, stack: StackState): Omit<ResolvedConnection, 'storage'> {
  if (temporalIsExternal()) {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    const { address, tls, apiKey, metadata } = connectionOptions;
    return {
      temporal: {
        address: address ?? 'localhost:7233',
        ...(tls !== undefined && { tls }),
        ...(typeof apiKey === 'string' && { apiKey }),
        ...(metadata !== undefined && { metadata }),
      },
      namespace: namespace ?? 'default',
      ui: null,
    };
  }
  if (!stack.temporal || !serves(stack, 'temporal')) {
    throw new NoStack(folder, 'Temporal', stack.temporal?.address);
  }
  return { temporal: { address: stack.temporal.address }, namespace: 'default', ui: stack.temporal.ui };
}

function resolveStorage(folder: string, stack: StackState): StorageSettings {
  if (storageIsExternal()) return storageFromEnvironment();
  if (!stack.s3 || !serves(stack, 's3')) throw new NoStack(folder, 'S3', stack.s3?.endpoint);
  return localStorage(stack.s3);
}

/**
 * Whether a server of the local stack is there or about to be back. The address of one that was stopped may be
 * somebody else's by now.
 */
const serves = ({ pid, identity, processes }: StackState, name: 'temporal' | 's3'): boolean =>
  isSameProcess(pid, identity) ||
  processes.some((one) => one.name === name && isSameProcess(one.pid, one.identity));

/** The local S3 server as the object store wants it. */
export const localStorage = (s3: NonNullable<StackState['s3']>): StorageSettings => ({
  endpoint: s3.endpoint,
  region: 'us-east-1',
  bucket: s3.bucket,
  forcePathStyle: true,
  credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
});
