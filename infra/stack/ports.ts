/** Ports on 127.0.0.1: the wanted one where it is free, any other free one where it is not. */
import { createServer, type ListenOptions, type Server } from 'node:net';

export const host = '127.0.0.1';

/**
 * Ports that are kept whether or not their servers listen: neither does another stack that starts in the same moment
 * get one, nor a stack that starts while a server is down and about to come back. Other stacks are kept off by a Unix
 * socket in Linux's abstract namespace, which the kernel drops with its process.
 */
export class Ports {
  readonly #claims: Server[] = [];

  /** @returns the wanted port, or another free one; `wanted` 0 means any */
  async take(wanted: number): Promise<number> {
    if (wanted !== 0 && (await this.#take(wanted))) return wanted;
    for (;;) {
      const port = await anyFreePort();
      if (await this.#take(port)) return port;
    }
  }

  /** Gives all of them back. */
  release(): void {
    for (const claim of this.#claims.splice(0)) claim.close();
  }

  async #take(port: number): Promise<boolean> {
    const claim = await listen({ path: `\0phoenix-port-${port}` });
    const probe = claim && (await listen({ host, port, exclusive: true }));
    if (!probe) {
      claim?.close();
      return false;
    }
    await closed(probe);
    // A claim alone is no reason for a process to go on.
    this.#claims.push(claim.unref());
    return true;
  }
}

async function anyFreePort(): Promise<number> {
  const probe = await listen({ host, port: 0, exclusive: true });
  const address = probe?.address();
  if (!probe || !address || typeof address === 'string') throw new Error(`no free port on ${host}`);
  await closed(probe);
  return address.port;
}

/** Null where somebody else listens. */
const listen = (where: ListenOptions): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(where, () => resolve(server));
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
