/** The real local stack in a state folder of its own, driven through the command line as a user would. */
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { root } from '../infra/setup/root.mjs';
import { program } from '../infra/stack/program.ts';
import { readStack, type ProcessRecord, type StackState } from '../infra/stack/state.ts';

/** What the surroundings say about other servers must not reach this stack. */
export function environment(changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_|AWS_|PHOENIX_(S3_|STATE))/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...changes };
}

export interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class OwnStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'phoenix-own-'));
  /** What its commands, and with them its processes, find in their environment besides. */
  readonly variables: NodeJS.ProcessEnv = {};

  static async start<S extends OwnStack>(this: new () => S): Promise<S> {
    const stack = new this();
    await stack.phoenix('up');
    return stack;
  }

  get state(): StackState {
    return readStack(this.folder);
  }

  /** Runs `phoenix …` to its end, in the repository. */
  execute(...args: string[]): Promise<Executed> {
    return new Promise((resolve) => {
      const options = {
        cwd: root,
        env: environment({ PHOENIX_STATE: this.folder, ...this.variables }),
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

  /** The caller closes its connection, which does not wait long for a server that restarts. */
  async client(): Promise<Client> {
    const connection = await Connection.connect({
      address: this.variables['TEMPORAL_ADDRESS'] ?? this.state.temporal!.address,
      channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 200 },
    });
    return new Client({ connection });
  }

  process(name: string): ProcessRecord {
    return this.state.processes.find((record) => record.name === name)!;
  }

  /** Stops everything and removes the folder. */
  async stop(): Promise<void> {
    await this.phoenix('down');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Pids of the processes that a process has started. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
