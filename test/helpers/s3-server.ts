/** A real S3 server (versitygw) on a free port of 127.0.0.1, with a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverProgram } from '../../infra/setup/servers.mjs';
import { Ports } from '../../infra/stack/ports.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import type { StorageSettings } from '../../phoenix/storage/storage-settings.ts';

const credentials = { accessKeyId: 'phoenix-test', secretAccessKey: 'phoenix-test-secret' };

export class S3Server {
  readonly settings: StorageSettings & { readonly endpoint: string };
  /** Each object is a file `<bucket>/<key>` in it. */
  readonly objects: string;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.objects = join(folder, 'objects');
    this.settings = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'phoenix',
      forcePathStyle: true,
      credentials,
    };
  }

  /** A server with an empty bucket. */
  static async start(): Promise<S3Server> {
    const server = new S3Server(mkdtempSync(join(tmpdir(), 'phoenix-s3-')), await new Ports().take(0));
    await server.start();
    return server;
  }

  /** Starts the server on its port and folder, and waits until it answers. */
  async start(): Promise<void> {
    // Temporary folders are often on file systems without extended attributes: those go to a sidecar folder.
    const sidecar = join(this.#folder, 'sidecar');
    for (const folder of [this.objects, sidecar]) mkdirSync(folder, { recursive: true });
    const address = `127.0.0.1:${this.#port}`;
    const ofServer = ['--port', address, '--health', '/health', '--quiet'];
    const ofFolder = ['--data-integrity-etag', '--sidecar', sidecar, this.objects];
    const server = spawn(serverProgram('versitygw'), [...ofServer, 'posix', ...ofFolder], {
      env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#process = server;
    const answers = () =>
      fetch(`http://${address}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await answers())) {
      if (server.exitCode !== null) throw new Error(`versitygw ended with exit code ${server.exitCode}`);
      await delay(20);
    }
    const store = new ObjectStore(this.settings);
    await store.ensureBucket();
    store.close();
  }

  /** Ends the server at once, as a crash would; its folder stays. */
  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (!server || server.exitCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  /** Ends the server and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}
