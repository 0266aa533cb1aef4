/** A stack of the tests' own, and what only tests ask of it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { childrenOf, environment, OwnStack } from '../../chaos/own-stack.ts';
import { RunWatcher, type RunView } from '../../cli/run-watcher.ts';
import { localStorage } from '../../infra/stack/connection.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { getSealed } from '../../phoenix/storage/sealed-json.ts';
import type { StepManifest } from '../../phoenix/storage/steps.ts';

export { root } from '../../infra/setup/root.mjs';

export class Stack extends OwnStack {
  /** Runs an experiment to its end. */
  async finish(file: string, settings: readonly string[] = []): Promise<FullRun> {
    const set = settings.flatMap((setting) => ['--set', setting]);
    return JSON.parse(await this.phoenix('run', file, ...set, '--json')) as FullRun;
  }

  /** Waits until a step whose label matches has done at least `done` of its work, and is not through. The run may be yet to begin. */
  async untilStep(run: string, label: RegExp, done: number): Promise<void> {
    const client = await this.client();
    try {
      const watcher = new RunWatcher(client, run);
      for (;;) {
        const { open, ended, state } = await watcher.look().catch(nothingYet);
        if (open.some((step) => label.test(step.label) && step.isRunning && step.done >= done)) return;
        if (state !== 'running' || ended.some((step) => label.test(step.label))) {
          throw new Error(`${run} got past ${label} before it was seen at ${done}`);
        }
        await delay(100);
      }
    } finally {
      await client.connection.close();
    }
  }

  /** SIGKILL, and no other word. Returns the processes that the killed one had started. */
  kill(name: string): number[] {
    const { pid } = this.process(name);
    const children = childrenOf(pid!);
    process.kill(pid!, 'SIGKILL');
    return children;
  }

  /** Manifests of all finished steps. */
  async manifests(): Promise<StepManifest<unknown>[]> {
    const store = new ObjectStore(localStorage(this.state.s3!));
    try {
      const found: StepManifest<unknown>[] = [];
      for await (const { key } of store.list('steps/')) {
        if (!/^steps\/[0-9a-f]+\.json$/.test(key)) continue;
        found.push((await getSealed<StepManifest<unknown>>(store, key))!);
      }
      return found;
    } finally {
      store.close();
    }
  }

  /** The S3 server's own file of an object. */
  file(key: string): string {
    return join(this.folder, 's3', 'objects', this.state.s3!.bucket, key);
  }

  /** Keys of all objects, and when each was written (ms since 1970). */
  objects(): Map<string, number> {
    const found = readdirSync(this.file(''), { recursive: true, encoding: 'utf8' }).toSorted();
    const stats = found.map((key) => [key, statSync(this.file(key))] as const);
    return new Map(stats.filter(([, stat]) => stat.isFile()).map(([key, stat]) => [key, stat.mtimeMs]));
  }

  /** What a worker elsewhere needs to know of this stack. */
  connectionVariables(state: string): NodeJS.ProcessEnv {
    const { temporal, s3 } = this.state;
    return environment({
      PHOENIX_STATE: state,
      TEMPORAL_ADDRESS: temporal!.address,
      PHOENIX_S3_ENDPOINT: s3!.endpoint,
      PHOENIX_S3_BUCKET: s3!.bucket,
      AWS_ACCESS_KEY_ID: s3!.accessKey,
      AWS_SECRET_ACCESS_KEY: s3!.secretKey,
    });
  }
}

function nothingYet(error: unknown): RunView {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
  return { state: 'running', document: null, ended: [], open: [] };
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie is dead, and only waits for its parent to notice.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until none of the processes is alive; throws after `seconds`. */
export async function untilDead(pids: readonly number[], seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const left = pids.filter(isAlive);
    if (left.length === 0) return;
    if (performance.now() > deadline) throw new Error(`still alive after ${seconds} s: ${left.join(', ')}`);
    await delay(50);
  }
}
