/** Immutable objects named by their content: written once, and checked against their name at every read. */
import type { Ref } from '../federation/records.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import type { Objects } from './object-store.ts';
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

export class Blobs {
  readonly #store: Objects;

  constructor(store: Objects) {
    this.#store = store;
  }

  /** Stores `bytes` once, however often it is called. */
  async put(bytes: Uint8Array): Promise<Ref> {
    const ref = refOf(bytes);
    await this.#store.put(blobKey(ref), bytes, { ifAbsent: true });
    return ref;
  }

  /** Throws `MissingObject`, or `CorruptObject` when the bytes are not the ones that `ref` names. */
  async get(ref: Ref): Promise<Uint8Array> {
    return verified(blobKey(ref), ref, await this.#store.get(blobKey(ref)));
  }

  /** Tensors as a safetensors file; equal tensors give equal references. */
  async putTensors(tensors: Tensors, metadata?: Record<string, string>): Promise<Ref> {
    return this.put(encodeSafetensors(tensors, metadata));
  }

  async getTensors(ref: Ref): Promise<Tensors> {
    return decodeSafetensors(await this.get(ref)).tensors;
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
  const actual = refOf(body);
  if (actual.bytes !== ref.bytes || actual.hash !== ref.hash) {
    throw new CorruptObject(key, describe(ref), describe(actual));
  }
  return body;
}

function describe(ref: Ref): string {
  return `${ref.bytes} bytes with SHA-256 ${ref.hash}`;
}
