/** The local stack by itself: what dies comes back, what is left behind is found, and every end is in order. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StackHealth } from '../../infra/stack/background.ts';
import { supervisorOf } from '../../infra/stack/claim.ts';
import { localStorage } from '../../infra/stack/connection.ts';
import { writeStack } from '../../infra/stack/state.ts';
import { searchAttributes } from '../../infra/stack/temporal-server.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { isAlive, root, Stack } from '../helpers/stack.ts';

const names = ['s3', 'temporal', 'orchestrator-worker', 'gpu-worker'];

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
});
afterAll(() => stack.stop());

const pids = (): number[] => stack.state.processes.map(({ pid }) => pid!);
const restarted = (name: string, restarts: number) =>
  vi.waitFor(() => expect(stack.process(name)).toMatchObject({ restarts, state: 'running' }), 30_000);

describe('the stack', () => {
  it('runs servers and workers, and says where', async () => {
    expect(stack.state.processes.map(({ name, state }) => [name, state])).toEqual(
      names.map((name) => [name, 'running']),
    );
    const { stack: health } = JSON.parse(await stack.phoenix('status', '--json')) as { stack: StackHealth };
    expect(health.processes.map(({ name }) => name)).toEqual(names);
    expect(isAlive(health.supervisor!)).toBe(true);
    expect((await fetch(stack.state.temporal!.ui)).ok).toBe(true);
  });

  it('keeps closed workflows for 90 days and knows the search attributes', async () => {
    const { connection } = await stack.client();
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config!.workflowExecutionRetentionTtl!.seconds)).toBe(90 * 24 * 3600);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes!)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
    await connection.close();
  });

  it('is not started twice', async () => {
    const before = pids();
    expect(await stack.phoenix('up')).toContain('was running already');
    expect(pids()).toEqual(before);
  });

  it('brings back what was killed, with its data, and says so', async () => {
    const store = new ObjectStore(localStorage(stack.state.s3!));
    await store.put('kept', Uint8Array.of(1, 2, 3));
    for (const name of ['temporal', 's3', 'gpu-worker']) stack.kill(name);
    for (const name of ['temporal', 's3', 'gpu-worker']) await restarted(name, 1);
    expect(await store.get('kept')).toEqual(Uint8Array.of(1, 2, 3));
    store.close();
    expect(await stack.phoenix('status')).toMatch(/temporal +running +\d+ +\S+ s +1 +SIGKILL/);
  });

  it('is taken over when its supervisor was killed', async () => {
    const left = pids();
    process.kill(supervisorOf(stack.folder)!, 'SIGKILL');
    await vi.waitFor(() => expect(supervisorOf(stack.folder)).toBeNull());
    expect(left.every(isAlive)).toBe(true);
    expect(await stack.phoenix('status')).toContain('The supervisor is gone');
    await stack.phoenix('up');
    expect(left.filter(isAlive)).toEqual([]);
    expect(pids().every(isAlive)).toBe(true);
  });

  it('is gone after `down`, also when nobody supervised it any more', async () => {
    const left = pids();
    process.kill(supervisorOf(stack.folder)!, 'SIGKILL');
    await stack.phoenix('down');
    expect(left.filter(isAlive)).toEqual([]);
    expect(await stack.phoenix('down')).toContain('Nothing was running');
    expect(await stack.phoenix('status')).toContain('does not run');
  });

  it('is missed within seconds, in one line with its address', async () => {
    const begun = performance.now();
    const { code, stderr, stdout } = await stack.execute('run', 'experiments/tiny.yaml');
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(stack.state.temporal!.address)]);
    expect(stderr).toContain('npx phoenix up');
  });

  it('finds other ports when its own are taken, and keeps its keys', async () => {
    const before = stack.state;
    const taken = await listen(Number(new URL(before.s3!.endpoint).port));
    const { stderr } = await stack.execute('up');
    taken.close();
    expect(stderr).toMatch(/^port \d+ is taken: S3 uses \d+$/m);
    expect(stack.state.s3).toEqual({ ...before.s3, endpoint: stack.state.s3!.endpoint });
    expect(stack.state.s3!.endpoint).not.toBe(before.s3!.endpoint);
    expect(stack.state.temporal).toEqual(before.temporal);
    await stack.phoenix('down');
  });

  it('shares no port with one that starts at the same moment and wants the same ones', async () => {
    const both = [new Stack(), new Stack()];
    for (const { folder } of both) writeStack(folder, stack.state);
    try {
      await Promise.all(both.map((one) => one.phoenix('up')));
      const states = both.map(({ state }) => state);
      const ports = states.flatMap(({ s3, temporal }) => [s3!.endpoint, ...Object.values(temporal!)]);
      expect(ports).toHaveLength(6);
      expect(new Set(ports).size).toBe(6);
      const restarts = states.flatMap(({ processes }) => processes.map((one) => one.restarts));
      expect(restarts).toEqual(Array(8).fill(0));
    } finally {
      await Promise.all(both.map((one) => one.stop()));
    }
  });
});

describe('npm start', () => {
  it('stops everything, workers first, when it is interrupted', async () => {
    const start = begin();
    await vi.waitFor(() => expect(stack.process('gpu-worker')?.state).toBe('running'), 60_000);
    start.kill('SIGINT');
    const [code] = (await once(start, 'exit')) as [number];
    expect(code).toBe(130);
    // Looking at what is still alive would miss the order of two that end in one moment: the supervisor writes it down.
    const ends = stack.state.processes.toSorted((a, b) => a.since.localeCompare(b.since));
    const order = ends.map(({ name }) => name);
    expect(ends.every(({ state }) => state === 'stopped')).toBe(true);
    expect(order.slice(0, 2).toSorted()).toEqual(['gpu-worker', 'orchestrator-worker']);
    expect(order.slice(2)).toEqual(['temporal', 's3']);
    expect(supervisorOf(stack.folder)).toBeNull();
  });
});

/** `phoenix start` as `npm start` runs it once the set-up is done, without a terminal. */
const begin = (): ChildProcess =>
  spawn(process.execPath, [join(root, 'bin/phoenix.mjs'), 'start', '--exit'], {
    cwd: root,
    env: { ...process.env, PHOENIX_STATE: stack.folder },
    stdio: 'ignore',
  });

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('what a command loads', () => {
  /** URLs of all modules that are imported while `phoenix …` runs. */
  function imported(...args: string[]): string {
    const hook = `export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      process._rawDebug(found.url);
      return found;
    }`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(hook))});`;
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', asModule(register), join(root, 'bin/phoenix.mjs'), ...args],
      { cwd: root, env: { ...process.env, PHOENIX_STATE: stack.folder }, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    return stderr;
  }
  const asModule = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

  it('is next to nothing for --help', () => {
    const modules = imported('--help');
    expect(modules).toContain('/commander/');
    expect(modules).not.toMatch(/@tensorflow|@temporalio|@aws-sdk|\/sharp\/|\/zod\/|\/table\//);
  });

  it('is no engine for status', () => {
    const modules = imported('status', '--json');
    expect(modules).toContain('@temporalio/client');
    expect(modules).not.toMatch(/@tensorflow|@temporalio\/worker/);
  });
});
