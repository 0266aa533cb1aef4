import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderStore, removeOlder } from '../../../phoenix/storage/folder-store.ts';
import type { Objects } from '../../../phoenix/storage/object-store.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-folder-store-'));
  store = new FolderStore(folder, join(folder, 'unfinished'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** One of them a folder of the other, in terms of paths. */
const keys = ['steps/a', 'steps/a/progress.json', 'steps/a.json', 'blobs/sha256/ü %2F'];

const operation = fc.record({
  kind: fc.constantFrom('put', 'ifAbsent', 'ifMatch', 'ifMatchOld', 'delete'),
  key: fc.constantFrom(...keys),
  body: fc.constantFrom('', 'one', 'two'),
});

/** What an operation answers, apart from ETags, which are each store's own. */
async function answer(on: Objects, { kind, key, body }: Operation, first: string): Promise<unknown> {
  const etag = (await on.read(key))?.etag ?? 'none';
  const conditions = {
    put: {},
    ifAbsent: { ifAbsent: true },
    ifMatch: { ifMatch: etag },
    ifMatchOld: { ifMatch: first },
  };
  if (kind === 'delete') return on.delete(key);
  return (await on.put(key, bytes(body), conditions[kind as keyof typeof conditions])) !== null;
}
type Operation = { kind: string; key: string; body: string };

async function contents(of: Objects, prefix: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { key, bytes: length } of of.list(prefix)) {
    const pieces: Uint8Array[] = [];
    const opened = (await of.open(key))!;
    for (let piece = await opened.pieces.next(); !piece.done; piece = await opened.pieces.next())
      pieces.push(piece.value);
    expect(opened.bytes).toBe(length);
    const [body, size] = [Buffer.from((await of.get(key))!).toString(), await of.size(key)];
    expect(Buffer.concat(pieces).toString()).toBe(body);
    found.push({ key, length, size, body });
  }
  return found;
}

describe('a store in a folder', () => {
  it('answers as any other store, whatever is done to it', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        const own = join(folder, String(run++));
        const [tested, model] = [new FolderStore(own, join(own, 'unfinished')), new MemoryStore()];
        const first = await Promise.all(
          [tested, model].map(async (each) => (await each.put(keys[0]!, bytes('first')))!),
        );
        for (const one of operations) {
          expect(await answer(tested, one, first[0]!)).toBe(await answer(model, one, first[1]!));
        }
        for (const prefix of ['', 'steps/a/', 'blobs'])
          expect(await contents(tested, prefix)).toEqual(await contents(model, prefix));
        expect(readdirSync(join(own, 'unfinished'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('has no object and no length for a key that nobody has written', async () => {
    expect(await Promise.all([store.get('x'), store.read('x'), store.open('x'), store.size('x')])).toEqual(
      Array.from({ length: 4 }, () => null),
    );
  });

  it.each(['ifAbsent', 'ifMatch'] as const)('lets one of many writers with %s win', async (kind) => {
    const etag = kind === 'ifMatch' ? await store.put('key', bytes('old')) : null;
    const condition = etag === null ? { ifAbsent: true } : { ifMatch: etag };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.put('key', bytes(`writer ${i}`), condition)),
    );
    const winner = answers.findIndex((one) => one !== null);
    expect(answers.filter((one) => one !== null)).toHaveLength(1);
    expect(Buffer.from((await store.get('key'))!).toString()).toBe(`writer ${winner}`);
  });

  it('forgets what is old', async () => {
    await store.put('old', bytes('x'));
    await removeOlder(store, new Date(Date.now() - 60_000));
    expect(await store.size('old')).toBe(1);
    await removeOlder(store, new Date(Date.now() + 60_000));
    expect(await store.size('old')).toBeNull();
  });
});
