/**
 * Weights that are not shipped, in the cache folder of set-up: `phoenix weights add` has checked and converted them.
 * An entry has `weights.safetensors`, in our layout, and `weights.json`, what is known of it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ReleaseName, weightReleases } from './weight-releases.ts';

export const WEIGHTS_FILE = 'weights.safetensors';
export const RECORD_FILE = 'weights.json';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const recordSchema = z.strictObject({
  /** Of `weights.safetensors`. It has nothing of the source but the weights: equal weights, equal hashes. */
  sha256,
  bytes: z.int().positive(),
  /** The file or URL as it was given, and its content. */
  source: z.strictObject({ from: z.string(), sha256, bytes: z.int().positive() }),
  /** Whether the source is, byte for byte, the published file. */
  verified: z.boolean(),
});

export type WeightsRecord = z.infer<typeof recordSchema>;

/** Nobody has added these weights on this machine. */
export class WeightsMissing extends Error {
  override readonly name = 'WeightsMissing';
  readonly weights: ReleaseName;

  constructor(weights: ReleaseName) {
    const { file, address } = weightReleases[weights];
    super(
      `the weights of ${weights} are missing and not shipped; \`npx phoenix weights add ${weights} FILE|URL\` ` +
        `adds them, where the file is ${file} of ${address}`,
    );
    this.weights = weights;
  }
}

/** What is in the cache is not what was put there. */
export class WeightsDamaged extends Error {
  override readonly name = 'WeightsDamaged';
  readonly weights: ReleaseName;

  constructor(weights: ReleaseName, file: string) {
    super(`${file} is damaged; \`npx phoenix weights add ${weights} FILE|URL\` adds it anew`);
    this.weights = weights;
  }
}

/** Name of the cache's entry. */
export const weightsEntry = (name: ReleaseName): string => `weights-${name}`;

/**
 * What is known of the weights in a cache folder (`cacheFolder()`), without reading them.
 *
 * @throws WeightsMissing, WeightsDamaged
 */
export function weightsRecord(cache: string, name: ReleaseName): WeightsRecord {
  const file = join(cache, weightsEntry(name), RECORD_FILE);
  const content = readOr(file, () => new WeightsMissing(name));
  try {
    return recordSchema.parse(JSON.parse(content.toString()));
  } catch {
    throw new WeightsDamaged(name, file);
  }
}

/**
 * The weights by the names of the published network, in our layout: safetensors, read and compared with their hash.
 *
 * @throws WeightsMissing, WeightsDamaged
 */
export function readReleasedWeights(cache: string, name: ReleaseName): Uint8Array {
  const record = weightsRecord(cache, name);
  const file = join(cache, weightsEntry(name), WEIGHTS_FILE);
  const content = readOr(file, () => new WeightsDamaged(name, file));
  if (hashOf(content) !== record.sha256) throw new WeightsDamaged(name, file);
  return content;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function readOr(file: string, missing: () => Error): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw missing();
  }
}
