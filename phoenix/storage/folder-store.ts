/**
 * Objects as files of a folder, for commands that remember steps without a server. Every object is one file, named by its
 * key with the slashes escaped; it is written under another name first, so that it is there whole or not at all.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { link, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Condition, Listed, Objects, OpenObject } from './object-store.ts';

export class FolderStore implements Objects {
  readonly #objects: string;
  readonly #unfinished: string;
  #writes = 0;
  /** Changes go one after the other: nothing may come between what a condition looks at and the write. */
  #changing: Promise<unknown> = Promise.resolve();

  /** @param unfinished where files are written first, a folder of the same file system; whoever named it removes it */
  constructor(folder: string, unfinished: string) {
    this.#objects = join(folder, 'objects');
    this.#unfinished = unfinished;
    for (const needed of [this.#objects, unfinished]) mkdirSync(needed, { recursive: true });
  }

  /**
   * As the object store's. `ifAbsent` holds against other processes too. Of two processes that write with `ifMatch` in the same
   * millisecond both may: claims of steps spare work, and protect nothing.
   */
  async put(key: string, body: Uint8Array, { ifAbsent, ifMatch }: Condition = {}): Promise<string | null> {
    const [file, written] = [this.#file(key), join(this.#unfinished, `${process.pid}-${++this.#writes}`)];
    await writeFile(written, body, { flush: true });
    return this.#change(async () => {
      if (ifMatch !== undefined && (await this.read(key))?.etag !== ifMatch) {
        await rm(written);
      } else if (!ifAbsent) {
        await rename(written, file);
        return etagOf(body);
      } else {
        // Unlike a rename, a link never replaces what is there.
        const linked = await link(written, file).then(
          () => true,
          unless('EEXIST', () => false),
        );
        await rm(written);
        if (linked) return etagOf(body);
      }
      return null;
    });
  }

  async get(key: string): Promise<Uint8Array | null> {
    return readFile(this.#file(key)).catch(unless('ENOENT', () => null));
  }

  async read(key: string): Promise<{ body: Uint8Array; etag: string } | null> {
    const body = await this.get(key);
    return body && { body, etag: etagOf(body) };
  }

  async open(key: string): Promise<OpenObject | null> {
    const file = await open(this.#file(key)).catch(unless('ENOENT', () => null));
    if (!file) return null;
    const { size } = await file.stat();
    const stream = createReadStream('', { fd: file });
    return {
      bytes: size,
      pieces: (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator](),
      close: () => void stream.destroy(),
    };
  }

  async size(key: string): Promise<number | null> {
    return stat(this.#file(key)).then(
      ({ size }) => size,
      unless('ENOENT', () => null),
    );
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    const keys = (await readdir(this.#objects)).map(decodeURIComponent);
    for (const key of keys.filter((one) => one.startsWith(prefix)).sort()) {
      const found = await stat(this.#file(key)).catch(unless('ENOENT', () => null));
      if (found) yield { key, bytes: found.size, modified: found.mtime };
    }
  }

  async delete(key: string): Promise<void> {
    await this.#change(() => rm(this.#file(key), { force: true }));
  }

  #file(key: string): string {
    return join(this.#objects, encodeURIComponent(key));
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

const etagOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/** What to make of an error with this code; others are passed on. */
const unless =
  <T>(code: string, value: () => T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === code) return value();
    throw error;
  };

/** Removes what was last written before `before`: nothing that counts is only here. */
export async function removeOlder(store: Objects, before: Date): Promise<void> {
  for await (const { key, modified } of store.list('')) if (modified < before) await store.delete(key);
}
