/**
 * The secret seeds of noise, `secrets/noise/<step key>.json`: 32 bytes from the operating system's cryptographic source, drawn
 * once for each step and there before anything is made of them. Whoever repeats the step reads the same seed, so that a
 * retry is not a second release. No manifest, record or message holds a seed or anything that is computed from it but the
 * noised result; without it, nobody can take the noise away again.
 */
import { randomBytes } from 'node:crypto';
import { CorruptObject } from './blobs.ts';
import type { Objects } from './object-store.ts';
import { getSealed, putSealed } from './sealed-json.ts';

/** The key of AES-256, of which the noise is made (`phoenix/noise`). */
const SEED_BYTES = 32;

interface StoredSeed {
  /** Hex. */
  readonly seed: string;
}

/**
 * The seed of a step's noise: the first one that anybody drew for it.
 *
 * @throws CorruptObject when it is damaged. It is not drawn again, which would be a second release, and not set aside,
 *   where it would be less secret.
 */
export async function drawSeed(store: Objects, step: string): Promise<Uint8Array> {
  const fresh: StoredSeed = { seed: randomBytes(SEED_BYTES).toString('hex') };
  await putSealed(store, seedKey(step), fresh, { ifAbsent: true });
  const seed = await findSeed(store, step);
  // Removed in between, by somebody who collects garbage: the next attempt draws it.
  if (seed === null) throw new Error(`the seed of the noise in step ${step} has disappeared`);
  return seed;
}

/**
 * Null if none was drawn, or if it was removed.
 *
 * @throws CorruptObject
 */
export async function findSeed(store: Objects, step: string): Promise<Uint8Array | null> {
  const stored = await getSealed<StoredSeed>(store, seedKey(step));
  if (stored === null) return null;
  const seed = Buffer.from(stored.seed, 'hex');
  if (seed.length !== SEED_BYTES) {
    throw new CorruptObject(seedKey(step), `a seed of ${SEED_BYTES} bytes`, `${seed.length} bytes`);
  }
  return seed;
}

export const seedKey = (step: string): string => `secrets/noise/${step}.json`;
