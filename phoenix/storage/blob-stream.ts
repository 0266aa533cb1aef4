/** A blob that is read from its beginning on, without being in memory as a whole. */
import { ThreadedSha256 } from './hash-thread.ts';
import type { OpenObject } from './object-store.ts';

/** What came over the network is not what is in the store, where the object is intact: worth another attempt. */
export class DamagedOnItsWay extends Error {
  override readonly name = 'DamagedOnItsWay';
  readonly key: string;

  constructor(key: string) {
    super(`the object ${key} is intact, but was damaged on its way from the store`);
    this.key = key;
  }
}

export class BlobStream {
  readonly #object: OpenObject;
  readonly #sha256: string;
  readonly #verify: () => Promise<never>;
  readonly #hash = new ThreadedSha256();
  #ended = false;
  /** What has come and was not asked for yet. */
  #piece: Uint8Array = new Uint8Array();

  /** @param verify reads the object as a whole and throws what is to be thrown when it is not what was expected */
  constructor(object: OpenObject, sha256: string, verify: () => Promise<never>) {
    this.#object = object;
    this.#sha256 = sha256;
    this.#verify = verify;
  }

  /** Length of the blob. */
  get bytes(): number {
    return this.#object.bytes;
  }

  /**
   * The next bytes, as many as `target` has. Nothing vouches for them before `finish`. A target in shared memory is hashed where
   * it is: it may change after `hashed`.
   *
   * @throws RangeError past the blob's end; StoreUnreachable
   */
  async fill(target: Uint8Array): Promise<void> {
    for (let at = 0; at < target.length;) {
      if (this.#piece.length === 0 && !(await this.#next()))
        throw new RangeError('read past the end of a blob');
      const part = this.#piece.subarray(0, target.length - at);
      target.set(part, at);
      at += part.length;
      this.#piece = this.#piece.subarray(part.length);
    }
    this.#hash.update(target);
  }

  /** Resolves when all targets so far, of every stream, are in the hashes. */
  hashed(): Promise<void> {
    return this.#hash.hashed();
  }

  /**
   * Reads the rest, and returns if all of it was what the blob's name says.
   *
   * @throws CorruptObject, MissingObject, DamagedOnItsWay, StoreUnreachable
   */
  async finish(): Promise<void> {
    do this.#hash.update(this.#piece);
    while (await this.#next());
    if ((await this.#digest()) !== this.#sha256) await this.#verify();
  }

  close(): void {
    this.#object.close();
    // Nobody waits for the hash of what was not read to its end.
    if (!this.#ended) this.#digest().catch(() => {});
  }

  #digest(): Promise<string> {
    this.#ended = true;
    return this.#hash.digest();
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#object.pieces.next();
    if (done) return false;
    this.#piece = value;
    return true;
  }
}
