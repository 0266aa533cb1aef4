/** Damaged objects are moved out of the way, so that what they should have been can be made again; nothing is lost. */
import { sha256Hex } from './canonical-json.ts';
import type { Objects } from './object-store.ts';

/** Moves the object to `quarantine/<key>/<beginning of its own SHA-256>`. Nothing happens if there is none. */
export async function setAside(store: Objects, key: string): Promise<void> {
  const body = await store.get(key);
  if (body === null) return;
  await store.put(`quarantine/${key}/${sha256Hex(body).slice(0, 16)}`, body);
  await store.delete(key);
}
