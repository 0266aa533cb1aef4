import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoStack, resolveConnection } from '../../../infra/stack/connection.ts';
import { processIdentity } from '../../../infra/stack/process-identity.ts';
import { emptyStack, writeStack } from '../../../infra/stack/state.ts';

const local = {
  ...emptyStack,
  pid: process.pid,
  identity: processIdentity(process.pid),
  temporal: { address: '127.0.0.1:7233', ui: 'http://127.0.0.1:8233' },
  s3: { endpoint: 'http://127.0.0.1:7070', bucket: 'phoenix', accessKey: 'key', secretKey: 'secret' },
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connection-'));
  for (const name of Object.keys(process.env)) {
    if (/^(TEMPORAL|AWS|PHOENIX)_/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('PHOENIX_STATE', folder);
});
afterEach(() => vi.unstubAllEnvs());

describe('where Temporal and S3 are', () => {
  it('is the local stack’s record', () => {
    writeStack(folder, local);
    expect(resolveConnection()).toEqual({
      temporal: { address: '127.0.0.1:7233' },
      namespace: 'default',
      ui: 'http://127.0.0.1:8233',
      storage: {
        endpoint: 'http://127.0.0.1:7070',
        region: 'us-east-1',
        bucket: 'phoenix',
        forcePathStyle: true,
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      },
    });
  });

  it('is what the environment names, each of the two by itself', () => {
    writeStack(folder, local);
    vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.example:7233');
    vi.stubEnv('TEMPORAL_NAMESPACE', 'images');
    vi.stubEnv('TEMPORAL_API_KEY', 'k');
    const mixed = resolveConnection();
    expect(mixed.temporal).toMatchObject({ address: 'temporal.example:7233', apiKey: 'k', tls: true });
    expect([mixed.namespace, mixed.ui, mixed.storage.endpoint]).toEqual([
      'images',
      null,
      'http://127.0.0.1:7070',
    ]);

    vi.stubEnv('PHOENIX_S3_BUCKET', 'results');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    expect(resolveConnection().storage).toEqual({
      region: 'eu-central-1',
      bucket: 'results',
      forcePathStyle: false,
    });
  });

  it('reads a profile only when one is named', () => {
    writeStack(folder, local);
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.lab]\naddress = "lab.example:7233"\nnamespace = "lab"\n');
    vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
    vi.stubEnv('TEMPORAL_PROFILE', 'lab');
    expect(resolveConnection()).toMatchObject({
      temporal: { address: 'lab.example:7233' },
      namespace: 'lab',
    });
  });

  it('is not where a stack once was: somebody else may listen there now', () => {
    writeStack(folder, { ...local, pid: null, identity: null });
    expect(resolveConnection).toThrow(/no local stack runs.*127\.0\.0\.1:7233.*npx phoenix up/);
    const identity = processIdentity(process.pid);
    const orphan = { name: 's3', pid: process.pid, identity, restarts: 0, since: '', lastExit: null };
    writeStack(folder, { ...local, pid: null, processes: [{ ...orphan, state: 'running' }] });
    expect(resolveConnection).toThrow(/no Temporal to talk to/);
  });

  it('is nowhere without either, and says what to do', () => {
    expect(resolveConnection).toThrow(NoStack);
    expect(resolveConnection).toThrow(/TEMPORAL_ADDRESS.*npx phoenix up/);
    vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.example:7233');
    expect(resolveConnection).toThrow(/PHOENIX_S3_ENDPOINT/);
  });
});
