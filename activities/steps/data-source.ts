/** CIFAR-10 at the resolution of an experiment, read when it is first needed. */
import { loadCifar10, type Cifar10 } from '../../phoenix/data/cifar10.ts';
import { areaAverage } from '../../phoenix/data/resize.ts';

export interface DataSource {
  /**
   * Both sets at `size` × `size` pixels.
   *
   * @throws DataFileMissing, DataFileCorrupt
   */
  images(size: number): Cifar10;
}

/** Keeps one resolution, the newest asked for: the full one takes 184 MB, and a run uses one only. */
export class Cifar10Folder implements DataSource {
  readonly #folder: string;
  #newest: Cifar10 | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  images(size: number): Cifar10 {
    if (this.#newest?.train.size !== size) {
      const { train, test } = loadCifar10(this.#folder);
      this.#newest = { train: areaAverage(train, size), test: areaAverage(test, size) };
    }
    return this.#newest;
  }
}
