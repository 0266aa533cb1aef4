import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download } from '../../../infra/setup/download.mjs';

const body = randomBytes(300_000);
const sha256 = createHash('sha256').update(body).digest('hex');

let folder: string;
let target: string;
let server: Server;
let url: string;
/** First bytes asked for, request by request. */
let asked: number[];
let answer: (start: number, response: ServerResponse) => void;

const whole = (start: number, response: ServerResponse) => {
  const rest = body.subarray(start);
  response
    .writeHead(start > 0 ? (rest.length > 0 ? 206 : 416) : 200, { 'content-length': rest.length })
    .end(rest);
};

/** Promises everything, sends a part, and cuts the connection once that is in the file. */
const cutAfter = (bytes: number) => (start: number, response: ServerResponse) => {
  const part = body.subarray(start, start + bytes);
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length - start }).write(part);
  const timer = setInterval(() => {
    if (statSync(`${target}.incomplete`, { throwIfNoEntry: false })?.size !== start + part.length) return;
    clearInterval(timer);
    response.destroy();
  }, 5);
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-download-'));
  target = join(folder, 'file');
  asked = [];
  answer = whole;
  server = createServer((request: IncomingMessage, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked.push(start);
    answer(start, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a whole file is not asked for again', async () => {
  await download(url, target, { sha256 });
  await download(url, target, { sha256 });
  expect(readFileSync(target).equals(body)).toBe(true);
  expect(asked).toEqual([0]);
});

test('a connection that is cut goes on where it stopped', async () => {
  answer = cutAfter(120_000);
  await download(url, target, { sha256 });
  expect(asked).toEqual([0, 120_000, 240_000]);
  expect(readFileSync(target).equals(body)).toBe(true);
});

test('what an interrupted attempt left is not taken for the file, and is gone on with', async () => {
  answer = (start, response) => (asked.length === 1 ? cutAfter(50_000)(start, response) : response.destroy());
  await expect(download(url, target, { sha256 })).rejects.toThrow(url);
  expect(existsSync(target)).toBe(false);
  answer = whole;
  asked = [];
  await download(url, target, { sha256 });
  expect(asked).toEqual([50_000]);
  expect(readFileSync(target).equals(body)).toBe(true);
});

test('an attempt killed after its last byte needs no more bytes', async () => {
  writeFileSync(`${target}.incomplete`, body);
  await download(url, target, { sha256 });
  expect(readFileSync(target).equals(body)).toBe(true);
});

test.each(['of another file', 'from a server that always sends everything'])(
  'bytes kept, %s',
  async (kind) => {
    writeFileSync(`${target}.incomplete`, randomBytes(1_000));
    if (kind.startsWith('from')) answer = (_, response) => whole(0, response);
    await download(url, target, { sha256 });
    expect(readFileSync(target).equals(body)).toBe(true);
  },
);

test('another file than expected is refused and not kept', async () => {
  await expect(download(url, target, { sha256: '0'.repeat(64) })).rejects.toThrow('not the expected file');
  expect(existsSync(target)).toBe(false);
  expect(existsSync(`${target}.incomplete`)).toBe(false);
});

test('a server that refuses is named with its answer', async () => {
  answer = (_, response) => response.writeHead(503).end();
  await expect(download(url, target, { sha256 })).rejects.toThrow(`${url} answers 503`);
});

test('a server that does not answer is given up after 5 s', async () => {
  answer = () => undefined;
  const started = performance.now();
  await expect(download(url, target, { sha256 })).rejects.toThrow('no answer within 5 s');
  expect(performance.now() - started).toBeLessThan(6_000);
});

test('a file that grows beyond its largest length is given up, and nothing of it is kept', async () => {
  const largest = body.length - 1;
  await expect(download(url, target, { sha256 }, undefined, largest)).rejects.toThrow(
    expect.objectContaining({ name: 'WrongFile', message: expect.stringContaining(`${largest} bytes`) }),
  );
  expect([existsSync(target), existsSync(`${target}.incomplete`)]).toEqual([false, false]);
  await download(url, target, { sha256 }, undefined, body.length);
  expect(readFileSync(target).equals(body)).toBe(true);
});

test('without a hash nothing that was there before is used, and cut connections are taken up again', async () => {
  writeFileSync(`${target}.incomplete`, randomBytes(1000));
  writeFileSync(target, 'another file');
  answer = cutAfter(200_000);
  await download(url, target, null);
  expect(asked).toEqual([0, 200_000]);
  expect(readFileSync(target).equals(body)).toBe(true);
});
