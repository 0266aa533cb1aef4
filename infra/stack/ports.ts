/** Ports on 127.0.0.1: the wanted one where it is free, any other free one where it is not. */
import { createServer } from 'node:net';

export const host = '127.0.0.1';

/**
 * @param taken ports given out a moment ago and not yet listened on
 * @returns the wanted port, or another free one; `wanted` 0 means any
 */
export async function freePort(wanted: number, taken: readonly number[] = []): Promise<number> {
  if (wanted !== 0 && !taken.includes(wanted)) {
    const port = await tryListen(wanted);
    if (port !== null) return port;
  }
  for (;;) {
    const port = await tryListen(0);
    if (port === null) throw new Error(`no free port on ${host}`);
    if (!taken.includes(port)) return port;
  }
}

const tryListen = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
