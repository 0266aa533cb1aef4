/** An HTTP proxy in front of an S3 server that does harm to some of the requests, which ones is decided by a seed. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';

export const faults = [
  'internal error',
  'slow down',
  'disk full',
  'delay',
  'lost answer',
  'cut request',
  'cut answer',
  'flipped request',
  'flipped answer',
] as const;
export type Fault = (typeof faults)[number];

const refusals: Partial<Record<Fault, [status: number, code: string]>> = {
  'internal error': [500, 'InternalError'],
  'slow down': [503, 'SlowDown'],
  'disk full': [507, 'InsufficientStorage'],
};

export class FaultProxy {
  /** How often each fault was done. */
  readonly done = new Map<Fault, number>();
  /** Of every request, of which share one goes wrong. */
  share = 0;
  /** Those that are drawn from. */
  kinds: readonly Fault[] = faults;
  readonly #server: Server;
  readonly #target: URL;
  readonly #seed: number;
  #requests = 0;

  private constructor(target: string, seed: number) {
    this.#target = new URL(target);
    this.#seed = seed;
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async start(target: string, seed: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, seed);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = this.#draw(incoming);
    const body = await buffer(incoming);
    const refusal = fault && refusals[fault];
    if (refusal) {
      const [status, code] = refusal;
      outgoing.writeHead(status, { 'content-type': 'application/xml' });
      outgoing.end(`<Error><Code>${code}</Code><Message>injected</Message></Error>`);
      return;
    }
    if (fault === 'delay') await delay(300);
    if (fault === 'flipped request') flip(body);
    const { hostname, port } = this.#target;
    const { method, url, headers } = incoming;
    const upstream = request({ hostname, port, method, path: url, headers });
    if (fault === 'cut request') {
      upstream.on('error', () => {});
      upstream.write(body.subarray(0, body.length / 2), () => upstream.destroy());
      outgoing.destroy();
      return;
    }
    upstream.end(body);
    const [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    const content = await buffer(answer);
    if (fault === 'lost answer') {
      outgoing.destroy();
      return;
    }
    if (fault === 'flipped answer') flip(content);
    outgoing.writeHead(answer.statusCode!, answer.headers);
    if (fault === 'cut answer')
      outgoing.write(content.subarray(0, content.length / 2), () => outgoing.destroy());
    else outgoing.end(content);
  }

  #draw({ method, url }: IncomingMessage): Fault | null {
    const digest = sha256Hex(`${this.#seed} ${this.#requests++}`);
    if (parseInt(digest.slice(0, 8), 16) / 2 ** 32 >= this.share) return null;
    const isObject = !url!.includes('?list-type');
    const possible = this.kinds.filter((kind) => {
      if (kind.endsWith('request') || kind === 'disk full') return method === 'PUT';
      return kind.endsWith(' answer') && kind !== 'lost answer' ? method === 'GET' && isObject : true;
    });
    const fault = possible[parseInt(digest.slice(8, 16), 16) % possible.length] ?? null;
    if (fault) this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
    return fault;
  }
}

/** Bodies of writes are framed in chunks: the middle is always content. */
function flip(bytes: Buffer): void {
  if (bytes.length > 0) bytes[Math.floor(bytes.length / 2)]! ^= 1;
}
