/** Immutable objects named by their content: written once, and checked against their name at every read. */
import type { Ref } from '../federation/records.ts';
import { BlobStream, DamagedOnItsWay } from './blob-stream.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import type { Objects } from './object-store.ts';
import { setAside } from './quarantine.ts';
import { decodeSafetensors, encodeSafetensors, type Tensors } from './safetensors.ts';

/** An object is not what its key says: damaged, cut off, or foreign. */
export class CorruptObject extends Error {
  override readonly name = 'CorruptObject';
  readonly key: string;
  readonly expected: string;
  readonly actual: string;

  constructor(key: string, expected: string, actual: string) {
    super(`the object ${key} is corrupt: expected ${expected}, found ${actual}`);
    this.key = key;
    this.expected = expected;
    this.actual = actual;
  }
}

/** An object that something refers to is not in the store. */
export class MissingObject extends Error {
  override readonly name = 'MissingObject';
  readonly key: string;

  constructor(key: string) {
    super(`the object ${key} is missing from the store`);
    this.key = key;
  }
}

/** Length in bytes from which a file of tensors is worth its place in memory. */
const LARGE = 2 ** 20;

export class Blobs {
  readonly #store: Objects;
  /** The newest large file: clients that train one after the other start from the same weights. */
  #newest: { readonly hash: string; readonly tensors: Tensors } | null = null;

  constructor(store: Objects) {
    this.#store = store;
  }

  /**
   * Stores `bytes`. An object that is there already is written again: it may be damaged, and what nobody has pointed to for
   * long must look new to whoever tidies up.
   */
  async put(bytes: Uint8Array): Promise<Ref> {
    const ref = refOf(bytes);
    await this.#store.put(blobKey(ref), bytes, {}, ref.hash);
    return ref;
  }

  /**
   * Throws `MissingObject`, or `CorruptObject` when the bytes are not the ones that `ref` names: then the object is set
   * aside, so that the step which made it can be computed again.
   */
  async get(ref: Ref): Promise<Uint8Array> {
    const key = blobKey(ref);
    const body = await this.#store.get(key);
    if (body !== null && isWhatIsNamed(ref, body)) return body;
    // Read once more: it may have been damaged on its way only.
    const again = await this.#store.get(key);
    // An object that is what its own key says is intact, whatever the reference takes it for.
    if (again !== null && sha256Hex(again) !== ref.hash) await setAside(this.#store, key);
    return verified(key, ref, again);
  }

  /** The blob as a stream, which throws what `get` does once it turns out not to be what `ref` names. */
  async open(ref: Ref): Promise<BlobStream> {
    const key = blobKey(ref);
    const verify = async () => {
      await this.get(ref);
      throw new DamagedOnItsWay(key);
    };
    const object = await this.#store.open(key);
    if (object?.bytes === ref.bytes) return new BlobStream(object, ref.hash, verify);
    object?.close();
    return verify();
  }

  /** Tensors as a safetensors file; equal tensors give equal references. */
  async putTensors(tensors: Tensors, metadata?: Record<string, string>): Promise<Ref> {
    return this.put(encodeSafetensors(tensors, metadata));
  }

  /** Whoever gets them leaves them as they are: others may get the same ones. */
  async getTensors(ref: Ref): Promise<Tensors> {
    if (this.#newest?.hash === ref.hash) return this.#newest.tensors;
    // Not two large files at a time.
    if (ref.bytes >= LARGE) this.#newest = null;
    const { tensors } = decodeSafetensors(await this.get(ref));
    if (ref.bytes >= LARGE) this.#newest = { hash: ref.hash, tensors };
    return tensors;
  }

  /** A value as canonical JSON; equal values give equal references. */
  async putJson(value: unknown): Promise<Ref> {
    return this.put(new TextEncoder().encode(canonicalJson(value)));
  }

  async getJson(ref: Ref): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.get(ref)));
  }
}

export function refOf(bytes: Uint8Array): Ref {
  return { hash: sha256Hex(bytes), bytes: bytes.length };
}

export function blobKey(ref: Ref): string {
  return `blobs/sha256/${ref.hash}`;
}

/** `body` if it is what `ref` names; throws `MissingObject` or `CorruptObject` otherwise. */
export function verified(key: string, ref: Ref, body: Uint8Array | null): Uint8Array {
  if (body === null) throw new MissingObject(key);
  if (!isWhatIsNamed(ref, body)) throw new CorruptObject(key, describe(ref), describe(refOf(body)));
  return body;
}

const isWhatIsNamed = (ref: Ref, body: Uint8Array): boolean =>
  body.length === ref.bytes && sha256Hex(body) === ref.hash;

function describe(ref: Ref): string {
  return `${ref.bytes} bytes with SHA-256 ${ref.hash}`;
}
