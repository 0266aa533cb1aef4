/** CIFAR-10 as the classifiers see it. */
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { loadCifar10 } from '../phoenix/data/cifar10.ts';
import type { ImageSets } from '../phoenix/data/image-set.ts';
import { areaAverage } from '../phoenix/data/resize.ts';

/** @throws DataFileMissing, DataFileCorrupt */
export function imagesOf(size: number): ImageSets {
  const { train, test } = loadCifar10(cifar10Folder());
  return { train: areaAverage(train, size), test: areaAverage(test, size) };
}
