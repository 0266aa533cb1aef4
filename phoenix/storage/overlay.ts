/** A store above another one: what is written or deleted here stays in memory, and the one below does not change. */
import type { Condition, Listed, Objects, OpenObject } from './object-store.ts';
import { clearProgress, progressKey } from './progress.ts';
import { manifestKey } from './steps.ts';

interface Written {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly modified: Date;
}

export class OverlayStore implements Objects {
  readonly #below: Objects;
  /** Null: deleted. Keys that are not in it are read from below. */
  readonly #above = new Map<string, Written | null>();
  #writes = 0;

  constructor(below: Objects) {
    this.#below = below;
  }

  /** `body` is kept as it is, and must not change afterwards. */
  async put(key: string, body: Uint8Array, { ifAbsent, ifMatch }: Condition = {}): Promise<string | null> {
    if (ifAbsent && (await this.size(key)) !== null) return null;
    if (ifMatch !== undefined && (await this.read(key))?.etag !== ifMatch) return null;
    const etag = `overlay-${++this.#writes}`;
    this.#above.set(key, { body, etag, modified: new Date() });
    return etag;
  }

  async get(key: string): Promise<Uint8Array | null> {
    return (await this.read(key))?.body ?? null;
  }

  async read(key: string): Promise<{ body: Uint8Array; etag: string } | null> {
    const written = this.#above.get(key);
    if (written === undefined) return this.#below.read(key);
    return written && { body: written.body.slice(), etag: written.etag };
  }

  async open(key: string): Promise<OpenObject | null> {
    const written = this.#above.get(key);
    if (written === undefined) return this.#below.open(key);
    return written && inOnePiece(written.body.slice());
  }

  async size(key: string): Promise<number | null> {
    const written = this.#above.get(key);
    if (written === undefined) return this.#below.size(key);
    return written && written.body.length;
  }

  async *list(prefix: string): AsyncIterable<Listed> {
    const found: Listed[] = [];
    for await (const listed of this.#below.list(prefix)) if (!this.#above.has(listed.key)) found.push(listed);
    for (const [key, written] of this.#above) {
      if (!written || !key.startsWith(prefix)) continue;
      found.push({ key, bytes: written.body.length, modified: written.modified });
    }
    yield* found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async delete(key: string): Promise<void> {
    this.#above.set(key, null);
  }
}

function inOnePiece(body: Uint8Array): OpenObject {
  const pieces = (async function* () {
    yield body;
  })();
  return { bytes: body.length, pieces, close: () => undefined };
}

/** `store` as it would be if a step had never been begun, but had all that it needs: there it is computed again. */
export async function withoutStep(store: Objects, step: string): Promise<OverlayStore> {
  const overlay = new OverlayStore(store);
  await overlay.delete(manifestKey(step));
  await overlay.delete(progressKey(step));
  await clearProgress(overlay, step);
  return overlay;
}
