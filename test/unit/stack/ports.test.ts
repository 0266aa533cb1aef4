import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, host } from '../../../infra/stack/ports.ts';

async function holding<T>(body: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, host, listening));
  try {
    return await body((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('free port', () => {
  it('is the wanted one where that is free', async () => {
    const port = await freePort(0);
    expect(await freePort(port)).toBe(port);
  });

  it('is another one where somebody listens', async () => {
    await holding(async (port) => {
      const other = await freePort(port);
      expect(other).not.toBe(port);
      expect(other).toBeGreaterThan(0);
    });
  });

  it('is none that was given out a moment ago', async () => {
    const port = await freePort(0);
    expect(await freePort(port, [port])).not.toBe(port);
  });
});
