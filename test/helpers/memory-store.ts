import type { Objects } from '../../phoenix/storage/object-store.ts';

/** An object store in memory, with the S3 store's semantics; tests may reach into `objects` to do damage. */
export class MemoryStore implements Objects {
  readonly objects = new Map<string, Uint8Array>();

  async put(key: string, body: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<boolean> {
    if (options.ifAbsent && this.objects.has(key)) return false;
    this.objects.set(key, body.slice());
    return true;
  }

  async get(key: string): Promise<Uint8Array | null> {
    return this.objects.get(key)?.slice() ?? null;
  }

  async exists(key: string): Promise<boolean> {
    return this.objects.has(key);
  }

  async *list(prefix: string): AsyncIterable<{ key: string; bytes: number }> {
    for (const key of this.keys(prefix)) yield { key, bytes: this.objects.get(key)!.length };
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  /** Keys that begin with `prefix`, in order. */
  keys(prefix = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** Flips one bit of the object's byte `index`. */
  damage(key: string, index: number, bit = 0): void {
    this.objects.get(key)![index]! ^= 1 << bit;
  }
}
