/** Temporal, S3 and the two workers, for as long as the benchmarks `round` and `clients` need them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childrenOf } from '../../chaos/own-stack.ts';
import { serverProgram } from '../../infra/setup/servers.mjs';
import { logFile } from '../../infra/stack/logs.ts';
import { host, Ports } from '../../infra/stack/ports.ts';
import { SupervisedProcess, type ProcessSpec } from '../../infra/stack/supervised-process.ts';
import { temporalServer } from '../../infra/stack/temporal-server.ts';
import type { StorageSettings } from '../../phoenix/storage/storage-settings.ts';
import { startS3Server } from '../s3-server.ts';

export interface TemporaryStack {
  /** Of Temporal. */
  readonly address: string;
  readonly storage: StorageSettings;
  /** Resident memory of a worker and the processes that it has started, bytes. */
  memory(worker: 'orchestrator' | 'gpu-worker'): number;
  stop(): Promise<void>;
}

const nothing = () => undefined;

/** @throws ProcessFailed when one of them does not start */
export async function startStack(): Promise<TemporaryStack> {
  const s3 = await startS3Server();
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-bench-'));
  const ports = new Ports();
  const port = await ports.take(0);
  const address = `${host}:${port}`;
  const { endpoint, bucket, credentials } = s3.storage;
  const environment = {
    TEMPORAL_ADDRESS: address,
    PHOENIX_S3_ENDPOINT: endpoint!,
    PHOENIX_S3_BUCKET: bucket,
    AWS_ACCESS_KEY_ID: credentials!.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials!.secretAccessKey,
  };
  const worker = (name: string, module: string, ...args: string[]): ProcessSpec => ({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(module, import.meta.url)), ...args],
    environment,
    log: logFile(folder, name),
  });
  const processes = [
    temporalServer(serverProgram('temporal'), folder, port, await ports.take(0)),
    worker('orchestrator', '../../cli/main.js', 'worker', 'orchestrator'),
    worker('gpu-worker', './gpu-worker.js'),
  ].map((spec) => new SupervisedProcess(spec, nothing, nothing));
  for (const one of processes) await one.start();
  return {
    address,
    storage: s3.storage,
    memory: (worker) => treeMemory(processes.find(({ record }) => record.name === worker)!.record.pid!),
    stop: async () => {
      for (const one of processes.toReversed()) await one.stop();
      await s3.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function treeMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  return childrenOf(pid).reduce((sum, child) => sum + treeMemory(child), own);
}
