/** What a network is trained on: which images, and through how much noise. */
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import type { DataSetName } from '../../phoenix/data/data-set.ts';
import { imagesAt } from '../../phoenix/data/image-set.ts';
import { withNoise } from '../../phoenix/data/noise.ts';
import { imagesOf } from '../../phoenix/data/stored-partition.ts';
import type { Ref } from '../../phoenix/federation/records.ts';
import { sha256Hex } from '../../phoenix/storage/canonical-json.ts';
import type { StepContext } from './context.ts';

export interface TrainingSet {
  /** The owner's own images, then those that were merged into them. */
  readonly indices: Int32Array;
  /** On the first `images` of them; null: none. */
  readonly noise: { readonly deviation: number; readonly images: number; readonly seed: number } | null;
}

/** @param client null: the globally shared images G */
export async function trainingSet(
  { blobs }: Pick<StepContext, 'blobs'>,
  partition: Ref,
  client: number | null,
  experimentSeed: number,
): Promise<TrainingSet> {
  const { own, shared, noise } = await imagesOf(blobs, partition, client);
  const indices = new Int32Array(own.length + shared.length);
  indices.set(own);
  indices.set(shared, own.length);
  if (client === null || noise === 0) return { indices, noise: null };
  // The same in every round: it is how the client sees its images.
  const seed = deriveSeed(experimentSeed, 'noise', client);
  return { indices, noise: { deviation: noise, images: own.length, seed } };
}

/**
 * What a step's key knows of it: the images themselves, not the whole partition, so that runs which share some clients'
 * images share their training.
 */
export const inputsOf = ({ indices, noise }: TrainingSet) => ({
  images: sha256Hex(new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength)),
  ...(noise && { noise }),
});

/**
 * The images as the owner sees them: uint8 [n, size, size, 3].
 *
 * @throws DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject
 */
export async function pixelsOf(
  { data }: Pick<StepContext, 'data'>,
  { indices, noise }: TrainingSet,
  source: DataSetName,
  size: number,
): Promise<Uint8Array> {
  const images = imagesAt((await data.images(source, size)).train, indices);
  if (noise) {
    const own = images.subarray(0, noise.images * size * size * 3);
    own.set(withNoise(own, noise.deviation, noise.seed));
  }
  return images;
}
