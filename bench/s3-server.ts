/** The project's own S3 server, on a free port and a temporary folder, for as long as a benchmark needs it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverProgram } from '../infra/setup/servers.mjs';
import { localStorage } from '../infra/stack/connection.ts';
import { host, Ports } from '../infra/stack/ports.ts';
import { newKeys, s3Server } from '../infra/stack/s3-server.ts';
import { SupervisedProcess } from '../infra/stack/supervised-process.ts';
import type { StorageSettings } from '../phoenix/storage/storage-settings.ts';

export interface TemporaryS3Server {
  readonly storage: StorageSettings;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/** @throws ProcessFailed when it does not come to serve */
export async function startS3Server(): Promise<TemporaryS3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-bench-'));
  const port = await new Ports().take(0);
  const place = { endpoint: `http://${host}:${port}`, bucket: 'phoenix', ...newKeys() };
  const nothing = () => undefined;
  const server = new SupervisedProcess(
    s3Server(serverProgram('versitygw'), folder, port, place),
    nothing,
    nothing,
  );
  await server.start();
  return {
    storage: localStorage(place),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
