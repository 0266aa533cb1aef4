/**
 * JSON objects under a mutable or meaningful key (manifests, progress, run documents). The key is not their hash, so they
 * carry it inside: `{"body":…,"key":…,"sha256":…}` in canonical form, with the SHA-256 of the body's canonical JSON.
 */
import { CorruptObject } from './blobs.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import type { Condition, Objects } from './object-store.ts';

/** Writes `body` under `key` and returns the object's ETag; null says that `condition` was not met. */
export async function putSealed(
  store: Objects,
  key: string,
  body: unknown,
  condition?: Condition,
): Promise<string | null> {
  return store.put(key, sealed(key, body), condition);
}

/** The body stored under `key`, or null if there is no such object. Throws `CorruptObject`. */
export async function getSealed<Body>(store: Objects, key: string): Promise<Body | null> {
  const bytes = await store.get(key);
  try {
    return bytes && unsealed<Body>(key, bytes);
  } catch {
    // Read once more: it may have been damaged on its way only.
    const again = await store.get(key);
    return again && unsealed<Body>(key, again);
  }
}

/**
 * The body in the bytes of an object that is stored under `key`. Throws `CorruptObject` when a single byte is not as
 * it was written, or when the object was written under another key.
 */
export function unsealed<Body>(key: string, bytes: Uint8Array): Body {
  const body = bodyOf(bytes);
  // Sealing it again must give the same bytes: this also finds damage that parsing would forgive.
  if (body === undefined || Buffer.compare(sealed(key, body), bytes) !== 0) {
    throw new CorruptObject(key, 'JSON sealed under this key', `${bytes.length} other bytes`);
  }
  return body as Body;
}

export function sealed(key: string, body: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ body, key, sha256: sha256Hex(canonicalJson(body)) }));
}

function bodyOf(bytes: Uint8Array): unknown {
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as { body?: unknown } | null)?.body;
  } catch {
    return undefined;
  }
}
