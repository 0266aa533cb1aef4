/** The images of an experiment at its resolution, read when they are first needed. */
import type { Blobs } from '../storage/blobs.ts';
import { canonicalJson } from '../storage/canonical-json.ts';
import { loadCifar10, loadCifar10Labels } from './cifar10.ts';
import { labelsOf, type DataSetName } from './data-set.ts';
import { imageSetsOf } from './folder-images.ts';
import type { ImageSets } from './image-set.ts';
import { areaAverage } from './resize.ts';

export interface DataSource {
  /**
   * Labels of the training images, uint8 [n].
   *
   * @throws DataFileMissing, DataFileCorrupt
   */
  labels(set: DataSetName): Uint8Array;
  /**
   * Both sets at `size` × `size` pixels.
   *
   * @throws DataFileMissing, DataFileCorrupt, CorruptObject, MissingObject
   */
  images(set: DataSetName, size: number): Promise<ImageSets>;
}

/** CIFAR-10 from its folder, everything else from the store. */
export class DataSets implements DataSource {
  readonly #cifar10Folder: string;
  readonly #blobs: Blobs;
  /** One set at one resolution, the newest asked for: CIFAR-10 in full takes 184 MB, and a run uses one only. */
  #newest: { readonly key: string; readonly sets: ImageSets } | null = null;

  constructor(cifar10Folder: string, blobs: Blobs) {
    this.#cifar10Folder = cifar10Folder;
    this.#blobs = blobs;
  }

  labels(set: DataSetName): Uint8Array {
    return set === 'cifar10' ? loadCifar10Labels(this.#cifar10Folder) : labelsOf(set.train);
  }

  async images(set: DataSetName, size: number): Promise<ImageSets> {
    const key = canonicalJson({ set, size });
    if (this.#newest?.key !== key) this.#newest = { key, sets: await this.#load(set, size) };
    return this.#newest.sets;
  }

  async #load(set: DataSetName, size: number): Promise<ImageSets> {
    if (set === 'cifar10') {
      const { train, test } = loadCifar10(this.#cifar10Folder);
      return { train: areaAverage(train, size), test: areaAverage(test, size) };
    }
    if (set.images === null) throw new TypeError('the images of the folder have not been read');
    return imageSetsOf(await this.#blobs.getTensors(set.images));
  }
}
