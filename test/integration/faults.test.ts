/** Steps against an S3 server that fails, loses, cuts and garbles; and against a store with random damage. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../activities/failures.ts';
import type { Outcome, Ref, RunDocument } from '../../phoenix/federation/records.ts';
import { Blobs } from '../../phoenix/storage/blobs.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { RunStore } from '../../phoenix/storage/runs.ts';
import { runStep, type Checkpoints } from '../../phoenix/storage/steps.ts';
import { verifyAll } from '../../phoenix/storage/verify.ts';
import { type Fault, FaultProxy, faults } from '../helpers/fault-proxy.ts';
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

const tensors = (value: number) => new Map([['w', { shape: [64], data: new Float32Array(64).fill(value) }]]);

const identityOf = (chain: string, link: number, input: Ref | null) => ({
  name: 'link',
  version: 1,
  settings: { chain, link },
  inputs: { input },
  seed: 0,
});

/** A step that reads the one before it, counts to 4 with a checkpoint after each unit, and stores what it has. */
const body = (at: ObjectStore, link: number, input: Ref | null) => async (checkpoints: Checkpoints) => {
  const blobs = new Blobs(at);
  const before = input === null ? 0 : (await blobs.getTensors(input)).get('w')!.data[0]!;
  const newest = await checkpoints.load();
  let value = newest?.tensors.get('w')!.data[0] ?? before;
  for (let done = newest?.done ?? 0; done < 4;) {
    value += link * ++done;
    await checkpoints.save(done, tensors(value), null);
  }
  return blobs.putTensors(tensors(value));
};

/** Tries until it succeeds, as the server would; an error that would end the run ends this. */
async function retried<T>(attempt: (number: number) => Promise<T>): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (failureOf(error).nonRetryable || number === 100) throw error;
    }
  }
}

async function chain(at: ObjectStore, name: string, links: number): Promise<Ref> {
  let input: Ref | null = null;
  for (let link = 1; link <= links; link++) {
    const before: Ref | null = input;
    const { result }: Outcome<Ref> = await retried((attempt) =>
      runStep(stepSite(at, name, attempt), identityOf(name, link, before), null, body(at, link, before)),
    );
    input = result;
  }
  return input!;
}

async function problems(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key, problem } of verifyAll(store)) if (problem !== null) found.set(key, problem);
  return found;
}

describe('a store that fails', () => {
  it.each<[string, readonly Fault[]]>([
    ['in every way', faults],
    ['because its disk is full', ['disk full']],
  ])('%s changes no result and leaves no damage', async (_, kinds) => {
    const expected = await chain(store, 'undisturbed', 16);
    const proxy = await FaultProxy.start(server.settings.endpoint, 7);
    Object.assign(proxy, { share: 0.2, kinds });
    const faulty = new ObjectStore({ ...server.settings, endpoint: proxy.endpoint });
    try {
      expect(await chain(faulty, `disturbed ${kinds.length}`, 16)).toEqual(expected);
    } finally {
      faulty.close();
      proxy.stop();
    }
    expect([...proxy.done.keys()].toSorted()).toEqual([...kinds].toSorted());
    expect(await problems()).toEqual(new Map());
  });
});

describe('a store with damage', () => {
  it('has 200 of 200 damaged places named, and none of them used', async () => {
    const result = await chain(store, 'damaged', 6);
    const run = { experiment: 'tiny', run: 'tiny-0', final: { global: result } };
    await new RunStore(store).put(run as unknown as RunDocument);
    const open = { ...identityOf('damaged', 7, null), name: 'open' };
    await runStep(stepSite(store), open, null, async (checkpoints) => {
      await checkpoints.save(1, tensors(1), null);
      throw new Error('killed');
    }).catch(() => {});
    const keys: string[] = [];
    for await (const { key } of store.list('')) if (!key.startsWith('quarantine/')) keys.push(key);

    const draw = (at: number, what: string, below: number) =>
      parseInt(sha256Hex(`${what} ${at}`).slice(0, 8), 16) % below;
    let named = 0;
    for (let at = 0; at < 200; at++) {
      const key = keys[draw(at, 'object', keys.length)]!;
      const file = join(server.objects, server.settings.bucket, key);
      const whole = readFileSync(file);
      const place = draw(at, 'place', whole.length);
      if (at % 4 === 0) truncateSync(file, place);
      else writeFileSync(file, whole.with(place, whole[place]! ^ (1 << draw(at, 'bit', 8))));
      if ((await problems()).has(key)) named++;

      // What a run then asks for is what it would have got: its steps are computed again, or it stops with the name.
      const again = await chain(store, 'damaged', 6).catch((error: { name: string; key?: string }) => error);
      if ('name' in again) {
        expect(again).toMatchObject({ name: 'CorruptObject', key });
        expect(await chain(store, 'damaged', 6)).toEqual(result);
      } else expect(again).toEqual(result);
      await new RunStore(store).put(run as unknown as RunDocument);
      await store.put(key, whole);
    }
    expect(named).toBe(200);
  });
});
