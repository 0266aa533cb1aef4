/** The real local stack in a state folder of its own, driven through the command line as a user would. */
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { RunWatcher } from '../../cli/run-watcher.ts';
import { localStorage } from '../../infra/stack/connection.ts';
import { readStack, type ProcessRecord, type StackState } from '../../infra/stack/state.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { getSealed } from '../../phoenix/storage/sealed-json.ts';
import type { StepManifest } from '../../phoenix/storage/steps.ts';

export const root = join(import.meta.dirname, '../..');
const program = join(root, 'bin/phoenix.mjs');

/** What the surroundings say about other servers must not reach the tests' own stack. */
function environment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|AWS_|PHOENIX_(S3_|STATE))/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...changes };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), 'phoenix-test-'));

  static async start(): Promise<Stack> {
    const stack = new Stack();
    await stack.phoenix('up');
    return stack;
  }

  get state(): StackState {
    return readStack(this.folder);
  }

  /** Runs `phoenix …` to its end, in the repository. */
  execute(...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = {
        cwd: root,
        env: environment({ PHOENIX_STATE: this.folder }),
        maxBuffer: 64 * 2 ** 20,
      };
      execFile(
        process.execPath,
        [program, ...args],
        options,
        (error: ExecFileException | null, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  }

  /** Its standard output; throws unless it succeeds. */
  async phoenix(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.execute(...args);
    if (code !== 0) throw new Error(`phoenix ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Starts an experiment and does not wait for it. Returns the run's name. */
  async begin(file: string, settings: readonly string[] = []): Promise<string> {
    const set = settings.flatMap((setting) => ['--set', setting]);
    const { run } = JSON.parse(await this.phoenix('run', file, ...set, '--detach', '--json')) as {
      run: string;
    };
    return run;
  }

  /** Runs an experiment to its end. */
  async finish(file: string, settings: readonly string[] = []): Promise<FullRun> {
    const set = settings.flatMap((setting) => ['--set', setting]);
    return JSON.parse(await this.phoenix('run', file, ...set, '--json')) as FullRun;
  }

  async client(): Promise<Client> {
    return new Client({ connection: await Connection.connect({ address: this.state.temporal!.address }) });
  }

  /** Waits until a step whose label matches has done at least `done` of its work, and is not through. */
  async untilStep(run: string, label: RegExp, done: number): Promise<void> {
    const client = await this.client();
    try {
      const watcher = new RunWatcher(client, run);
      for (;;) {
        const { open, ended, state } = await watcher.look();
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

  process(name: string): ProcessRecord {
    return this.state.processes.find((record) => record.name === name)!;
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

  async stop(): Promise<void> {
    await this.phoenix('down');
    rmSync(this.folder, { recursive: true, force: true });
  }
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

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
