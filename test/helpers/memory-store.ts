import { createHash } from 'node:crypto';
import type {
  Condition,
  Listed,
  Objects,
  ObjectStore,
  OpenObject,
} from '../../phoenix/storage/object-store.ts';

/** An object store in memory, with the S3 store's semantics; tests may reach into `objects` to do damage. */
export class MemoryStore implements Objects, Pick<ObjectStore, 'modified'> {
  readonly objects = new Map<string, Uint8Array>();
  readonly #written = new Map<string, number>();

  async put(key: string, body: Uint8Array, { ifAbsent, ifMatch }: Condition = {}): Promise<string | null> {
    const old = this.objects.get(key);
    if (ifAbsent && old) return null;
    if (ifMatch !== undefined && (!old || etagOf(old) !== ifMatch)) return null;
    this.objects.set(key, body.slice());
    this.#written.set(key, Date.now());
    return etagOf(body);
  }

  async get(key: string): Promise<Uint8Array | null> {
    return (await this.read(key))?.body ?? null;
  }

  async read(key: string): Promise<{ body: Uint8Array; etag: string } | null> {
    const body = this.objects.get(key);
    return body ? { body: body.slice(), etag: etagOf(body) } : null;
  }

  async open(key: string): Promise<OpenObject | null> {
    const body = await this.get(key);
    return body && { bytes: body.length, pieces: pieces(body), close: () => undefined };
  }

  async size(key: string): Promise<number | null> {
    return this.objects.get(key)?.length ?? null;
  }

  async modified(key: string): Promise<Date | null> {
    return this.objects.has(key) ? new Date(this.#written.get(key)!) : null;
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    for (const key of this.keys(prefix)) {
      yield {
        key,
        bytes: this.objects.get(key)!.length,
        modified: new Date(this.#written.get(key)!),
      };
    }
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  /** Keys that begin with `prefix`, in order. */
  keys(prefix = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** As if so many milliseconds had passed since everything in it was written. */
  age(milliseconds: number): void {
    for (const [key, at] of this.#written) this.#written.set(key, at - milliseconds);
  }

  /** Flips one bit of the object's byte `index`. */
  damage(key: string, index: number, bit = 0): void {
    this.objects.get(key)![index]! ^= 1 << bit;
  }
}

const etagOf = (body: Uint8Array): string => createHash('md5').update(body).digest('hex');

/** Of a length that fits no element and no block. */
async function* pieces(body: Uint8Array, length = 1001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += length) yield body.subarray(at, at + length);
}
