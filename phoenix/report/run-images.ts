/** The real images that a run was trained on and measured against, as far as they are to be had where it is reported. */
import { DataFileMissing } from '../data/cifar10.ts';
import type { DataSource } from '../data/data-source.ts';
import { shapeOf } from '../data/data-set.ts';
import type { ImageSet } from '../data/image-set.ts';
import { imagesOf } from '../data/stored-partition.ts';
import type { Blobs } from '../storage/blobs.ts';
import { divisionOf, type Division } from './division.ts';
import type { Run } from './groups.ts';

export interface Sources {
  readonly blobs: Blobs;
  readonly data: DataSource;
}

/**
 * Who had which images. Null before they are divided, and without the data set.
 *
 * @throws DataFileCorrupt, CorruptObject, MissingObject
 */
export async function divisionOfRun(run: Run, { blobs, data }: Sources): Promise<Division | null> {
  const { partition, settings, clients: all } = run;
  const { source } = settings.data;
  const labels = await ifThere(() => data.labels(source));
  if (!partition || !labels) return null;
  const clients = [];
  for (const { id } of all) clients.push(await imagesOf(blobs, partition, id));
  const { shared } = await imagesOf(blobs, partition, null);
  return divisionOf(labels, shapeOf(source).classes, { clients, shared });
}

/**
 * The test images at the run's size; null without the data set.
 *
 * @throws DataFileCorrupt, CorruptObject, MissingObject
 */
export async function testImagesOf({ settings }: Run, { data }: Sources): Promise<ImageSet | null> {
  const { source, imageSize } = settings.data;
  return ifThere(async () => (await data.images(source, imageSize)).test);
}

async function ifThere<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataFileMissing) return null;
    throw error;
  }
}
