import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { host, Ports } from '../../../infra/stack/ports.ts';

async function listening(): Promise<Server> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function portThatWasFree(): Promise<number> {
  const server = await listening();
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

const takePort = (wanted: number): Promise<number> => new Ports().take(wanted);

describe('a port that is taken', () => {
  it('is the wanted one where that is free', async () => {
    const port = await portThatWasFree();
    expect(await takePort(port)).toBe(port);
  });

  it('is another one where somebody listens, and free again when nobody does', async () => {
    const server = await listening();
    const port = portOf(server);
    const other = await takePort(port);
    expect(other).not.toBe(port);
    expect(other).toBeGreaterThan(0);
    server.close();
    await once(server, 'close');
    expect(await takePort(port)).toBe(port);
  });

  it('is taken once, also before anybody listens on it', async () => {
    const port = await takePort(0);
    const others = await Promise.all(Array.from({ length: 8 }, () => takePort(port)));
    expect(new Set([port, ...others]).size).toBe(9);
  });

  it('is free again when it is released', async () => {
    const ports = new Ports();
    const port = await ports.take(0);
    ports.release();
    expect(await takePort(port)).toBe(port);
  });

  it('is free again when the process that took it is gone, and not before', async () => {
    const port = await portThatWasFree();
    const address = JSON.stringify(`\0phoenix-port-${port}`);
    const script = `require('node:net').createServer().listen(${address}, () => console.log('taken'))`;
    const holder = spawn(process.execPath, ['-e', script]);
    await once(holder.stdout, 'data');
    expect(await takePort(port)).not.toBe(port);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await takePort(port)).toBe(port);
  });
});
