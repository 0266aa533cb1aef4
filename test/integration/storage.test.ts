import { S3ServiceException } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../phoenix/federation/records.ts';
import { blobKey, Blobs, CorruptObject } from '../../phoenix/storage/blobs.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { StepHeldElsewhere } from '../../phoenix/storage/claim.ts';
import { type Listed, ObjectStore } from '../../phoenix/storage/object-store.ts';
import { storageFromEnvironment } from '../../phoenix/storage/storage-settings.ts';
import { StoreUnreachable } from '../../phoenix/storage/store-errors.ts';
import { RunStore } from '../../phoenix/storage/runs.ts';
import { runStep, type StepIdentity } from '../../phoenix/storage/steps.ts';
import { S3Server } from '../helpers/s3-server.ts';
import { stepSite } from '../helpers/steps.ts';

let server: S3Server;
let store: ObjectStore;

beforeAll(async () => {
  server = await S3Server.start();
  store = new ObjectStore(server.settings);
});

afterAll(async () => {
  store.close();
  await server.stop();
});

const text = (content: string) => new TextEncoder().encode(content);

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

describe('ObjectStore', () => {
  it('puts, gets, lists and deletes', async () => {
    expect(await store.get('a/one')).toBeNull();
    expect(await store.size('a/one')).toBeNull();
    expect(await store.put('a/one', text('1'))).toEqual(expect.any(String));
    expect(await store.put('a/one', text('11'))).toEqual(expect.any(String));
    await store.put('a/two', new Uint8Array());
    await store.put('b', text('2'));
    expect(await store.get('a/one')).toEqual(text('11'));
    expect(await store.get('a/two')).toEqual(new Uint8Array());
    expect(await store.size('a/one')).toBe(2);
    const listed: Listed[] = [];
    for await (const object of store.list('a/')) listed.push(object);
    const modified = expect.any(Date);
    expect(listed).toEqual([
      { key: 'a/one', bytes: 2, modified },
      { key: 'a/two', bytes: 0, modified },
    ]);
    expect(Math.abs(Date.now() - listed[0]!.modified.getTime())).toBeLessThan(10_000);
    await store.delete('a/one');
    await store.delete('a/one');
    expect(await keys('a/')).toEqual(['a/two']);
  });

  it('lists more than a page of objects', async () => {
    const names = Array.from({ length: 1_010 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let start = 0; start < names.length; start += 50) {
      await Promise.all(names.slice(start, start + 50).map((name) => store.put(name, text('x'))));
    }
    expect(await keys('many/')).toEqual(names);
  });

  it('lets exactly one of many conditional writes win', async () => {
    const bodies = Array.from({ length: 16 }, (_, writer) => text(`writer ${writer}`));
    const won = await Promise.all(bodies.map((body) => store.put('once', body, { ifAbsent: true })));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.get('once')).toEqual(bodies[won.findIndex(Boolean)]);
  });

  it('changes an object only while it is the one that was read', async () => {
    const first = await store.put('changing', text('1'));
    expect((await store.read('changing'))!).toEqual({ body: text('1'), etag: first });
    const bodies = Array.from({ length: 16 }, (_, writer) => text(`writer ${writer}`));
    const won = await Promise.all(bodies.map((body) => store.put('changing', body, { ifMatch: first! })));
    expect(won.filter(Boolean)).toHaveLength(1);
    const second = await store.read('changing');
    expect(second).toEqual({ body: bodies[won.findIndex(Boolean)], etag: won.find(Boolean) });
    expect(await store.put('changing', text('late'), { ifMatch: first! })).toBeNull();
    await store.delete('changing');
    expect(await store.put('changing', text('later'), { ifMatch: second!.etag })).toBeNull();
    expect(await store.get('changing')).toBeNull();
  });

  it('keeps large bodies', async () => {
    const body = new Uint8Array(randomBytes(32 << 20));
    await store.put('large', body);
    expect(Buffer.compare((await store.get('large'))!, body)).toBe(0);
  });

  it('streams more objects side by side than a client usually has connections', async () => {
    const bodies = Array.from({ length: 60 }, () => new Uint8Array(randomBytes(1 << 20)));
    const refs = await Promise.all(bodies.map((body) => new Blobs(store).put(body)));
    const streams = await Promise.all(refs.map((ref) => new Blobs(store).open(ref)));
    const parts = bodies.map((body) => new Uint8Array(body.length));
    for (let at = 0; at < 1 << 20; at += 1 << 18) {
      await Promise.all(streams.map((stream, k) => stream.fill(parts[k]!.subarray(at, at + (1 << 18)))));
    }
    await Promise.all(streams.map((stream) => stream.finish()));
    for (const [k, part] of parts.entries()) expect(Buffer.compare(part, bodies[k]!)).toBe(0);
    expect(await store.open('nothing')).toBeNull();
  });

  it('takes no body that is not what its hash says', async () => {
    const right = sha256Hex('right');
    await store.put('hashed', text('right'), {}, right);
    await expect(store.put('hashed', text('wrong'), {}, right)).rejects.toMatchObject({
      name: 'XAmzContentSHA256Mismatch',
    });
    expect(await store.get('hashed')).toEqual(text('right'));
  });

  it('finds its bucket again, and does not take a missing bucket for a missing object', async () => {
    await store.ensureBucket();
    const elsewhere = new ObjectStore({ ...server.settings, bucket: 'nowhere' });
    await expect(elsewhere.get('a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    elsewhere.close();
  });

  it('says what the server says to a wrong key', async () => {
    const credentials = { accessKeyId: 'somebody', secretAccessKey: 'else' };
    const stranger = new ObjectStore({ ...server.settings, credentials });
    await expect(stranger.get('a')).rejects.toBeInstanceOf(S3ServiceException);
    await expect(stranger.ensureBucket()).rejects.toThrow('No user exists');
    stranger.close();
  });

  it('is found through the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', server.settings.credentials!.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.settings.credentials!.secretAccessKey);
    const settings = storageFromEnvironment({ PHOENIX_S3_ENDPOINT: server.settings.endpoint });
    const { credentials: _, ...expected } = server.settings;
    expect(settings).toEqual(expected);
    const own = new ObjectStore(settings);
    await own.put('environment', text('1'));
    own.close();
    vi.unstubAllEnvs();
    expect(await store.size('environment')).toBe(1);
  });
});

describe('a store that gives no answer', () => {
  let silent: HttpServer | TcpServer;

  async function at(listening: HttpServer | TcpServer): Promise<ObjectStore> {
    silent = listening.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    return new ObjectStore({ ...server.settings, endpoint: `http://127.0.0.1:${port}` });
  }

  const breakingOff = () =>
    createServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.destroy(), 50);
    });

  afterEach(() => void silent.close());

  /** The error of `request`, which comes within 10 s and names the address. */
  async function failure(broken: ObjectStore, request: () => Promise<unknown>): Promise<StoreUnreachable> {
    const started = performance.now();
    const error = await request().catch((caught: unknown) => caught);
    expect(performance.now() - started).toBeLessThan(10_000);
    broken.close();
    expect(error).toBeInstanceOf(StoreUnreachable);
    expect((error as StoreUnreachable).message).toContain((error as StoreUnreachable).endpoint);
    return error as StoreUnreachable;
  }

  it('because nobody listens', async () => {
    const broken = await at(createTcpServer());
    silent.close();
    const error = await failure(broken, () => broken.ensureBucket());
    expect(error.message).toMatch(
      /^no answer from the S3 store at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    );
  });

  it('because whoever listens says nothing', async () => {
    const broken = await at(createTcpServer((socket) => void socket.on('error', () => {})));
    await failure(broken, () => broken.ensureBucket());
  });

  it('because it breaks off in the middle of a body', async () => {
    const broken = await at(breakingOff());
    await failure(broken, () => broken.get('key'));
  });

  it('because it breaks off in the middle of a stream', async () => {
    const broken = await at(breakingOff());
    const ref = { hash: sha256Hex('whole'), bytes: 100 };
    await failure(broken, async () => (await new Blobs(broken).open(ref)).fill(new Uint8Array(100)));
  });

  it('because there is no such host', async () => {
    const broken = new ObjectStore({ ...server.settings, endpoint: 'http://s3.phoenix.invalid:9000' });
    expect((await failure(broken, () => broken.ensureBucket())).endpoint).toBe(
      'http://s3.phoenix.invalid:9000',
    );
  });
});

describe('what is stored', () => {
  const identity: StepIdentity = { name: 'train', version: 1, settings: {}, inputs: {}, seed: 1 };
  const tensors = new Map([['w', { shape: [3], data: new Float32Array([1, 2, 3]) }]]);

  it('is written once under its hash', async () => {
    const blobs = new Blobs(store);
    const [one, two] = await Promise.all([blobs.putTensors(tensors), blobs.putTensors(tensors)]);
    expect(two).toEqual(one);
    expect(await blobs.getTensors(one)).toEqual(tensors);
  });

  it.each([
    [
      'a flipped byte',
      (file: string) =>
        writeFileSync(
          file,
          readFileSync(file).map((byte, at) => (at === 7 ? byte ^ 1 : byte)),
        ),
    ],
    ['a truncated file', (file: string) => truncateSync(file, 5)],
  ])("is never used with %s in the server's folder", async (name, harm) => {
    const blobs = new Blobs(store);
    const ref = await blobs.put(text(`content that will have ${name}`));
    harm(join(server.objects, server.settings.bucket, blobKey(ref)));
    const error = await blobs.get(ref).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CorruptObject);
    expect(error).toMatchObject({ key: blobKey(ref) });
  });

  it('survives that the server is killed, and so does the step that was under way', async () => {
    const run = (failing: boolean) =>
      runStep(stepSite(store), identity, null, async (checkpoints) => {
        const from = await checkpoints.load();
        if (failing) {
          await checkpoints.save(10, tensors, { losses: [0.5] });
          await checkpoints.save(20, tensors, { losses: [0.25] });
          await server.kill();
          await checkpoints.save(30, tensors, null);
        }
        const data = from?.tensors.get('w')!.data ?? [];
        return { done: from?.done ?? null, extra: from?.extra ?? null, data: [...data] };
      });
    await expect(run(true)).rejects.toThrow(StoreUnreachable);
    await server.start();
    const { result, step } = await run(false);
    expect(result).toEqual({ done: 20, extra: { losses: [0.25] }, data: [1, 2, 3] });
    expect(await keys('steps/')).toEqual([`steps/${step.key}.json`]);
    expect(await run(true)).toEqual({ result, step: { ...step, reused: true } });
  });

  it('is computed once when two runs need it at the same time', async () => {
    let computed = 0;
    const slow = async () => {
      computed++;
      await delay(500);
      return 'result';
    };
    const compute = async (run: string): Promise<Outcome<string>> => {
      try {
        return await runStep(stepSite(store, run), { ...identity, seed: 2 }, null, slow);
      } catch (error) {
        if (!(error instanceof StepHeldElsewhere)) throw error;
        await delay(50);
        return compute(run);
      }
    };
    const both = await Promise.all(['run-a', 'run-b'].map(compute));
    expect(computed).toBe(1);
    expect(both.map(({ result }) => result)).toEqual(['result', 'result']);
    expect(both.filter(({ step }) => step.reused).length).toBe(1);
    expect(await keys(`steps/${both[0]!.step.key}`)).toEqual([`steps/${both[0]!.step.key}.json`]);
  });

  it('lists runs', async () => {
    const runs = new RunStore(store);
    const document = { experiment: 'tiny', run: 'tiny-0123456789' } as Parameters<RunStore['put']>[0];
    await runs.put(document);
    await runs.put({ ...document, state: 'finished' });
    const found = [];
    for await (const run of runs.list()) found.push(run);
    expect(found).toEqual([{ experiment: 'tiny', run: 'tiny-0123456789' }]);
    expect(await runs.get('tiny', 'tiny-0123456789')).toMatchObject({ state: 'finished' });
  });
});
