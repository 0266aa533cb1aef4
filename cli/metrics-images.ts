/** The sets of images that `phoenix metrics` looks at: wherever they come from, the steps read them at the size they ask for. */
import { cifar10Folder } from '../phoenix/config/environment.ts';
import { loadCifar10 } from '../phoenix/data/cifar10.ts';
import { byAverages, type SizeLimit } from '../phoenix/data/common-size.ts';
import { shapeOf, total, type DataSetName, type ImageFolder } from '../phoenix/data/data-set.ts';
import { decodeFolder, imageSetsOf } from '../phoenix/data/folder-images.ts';
import { asTestSet, listImages, squareSides } from '../phoenix/data/image-files.ts';
import type { ImageSet, ImageSets } from '../phoenix/data/image-set.ts';
import { areaAverage } from '../phoenix/data/resize.ts';
import type { Tensors } from '../phoenix/storage/safetensors.ts';
import type { MetricsEngine } from './metrics-engine.ts';

export interface Images {
  /** As output calls them. */
  readonly name: string;
  /** Of those that are measured, or that others are measured against: the data set's test images. */
  readonly count: number;
  /** Sides that they can be had at. */
  readonly sides: SizeLimit;
  /** Side of the largest, which says whether any were reduced. */
  readonly largest: number;
  /** Names of the classes that their labels are; null where nobody has labelled them. */
  readonly classes: readonly string[] | null;
  /** Number of images that were there to be trained on. */
  readonly training: number;
  /** As the steps are told of them. */
  source(size: number): Promise<DataSetName>;
  /** Pixels, for pictures. */
  sets(size: number): Promise<ImageSets>;
}

export const cifar10: Images = {
  name: 'cifar10-test',
  count: total(shapeOf('cifar10').test),
  sides: byAverages(32),
  largest: 32,
  classes: shapeOf('cifar10').classes,
  training: total(shapeOf('cifar10').train),
  source: async () => 'cifar10',
  sets: async (size) => reduced(loadCifar10(cifar10Folder()), size),
};

/**
 * Every image upright, scaled until a square is covered, and cut around its centre.
 *
 * @throws UnusableImages
 */
export async function imagesOfFolder(engine: MetricsEngine, folder: string): Promise<Images> {
  const files = listImages(folder);
  const { least, most } = await squareSides(files);
  const listed = asTestSet(files);
  const decoded = once(async (size) => {
    const tensors = await decodeFolder(listed, size);
    return { tensors, images: await engine.lend(tensors) };
  });
  return {
    name: folder,
    count: files.length,
    sides: { most: least, only: null },
    largest: most,
    classes: null,
    training: 0,
    source: async (size) => ({ ...listed.shape, images: (await decoded(size)).images }),
    sets: async (size) => imageSetsOf((await decoded(size)).tensors),
  };
}

/** @param shape of the whole sets; without labels all are of one class */
export function imagesInMemory(
  engine: MetricsEngine,
  name: string,
  sets: ImageSets,
  classes: readonly string[] | null,
): Images {
  const { size: side, count } = sets.test;
  const lent = once(async (size) => engine.lend(tensorsOf(reduced(sets, size))));
  const counts = ({ labels }: ImageSet, names: readonly string[]) =>
    names.map((_, label) => labels.reduce((sum, own) => sum + Number(own === label), 0));
  const names = classes ?? ['images'];
  const shape: Omit<ImageFolder, 'images'> = {
    classes: names,
    train: counts(sets.train, names),
    test: counts(sets.test, names),
  };
  return {
    name,
    count,
    sides: byAverages(side),
    largest: side,
    classes,
    training: sets.train.count,
    source: async (size) => ({ ...shape, images: await lent(size) }),
    sets: async (size) => reduced(sets, size),
  };
}

const reduced = ({ train, test }: ImageSets, size: number): ImageSets => ({
  train: areaAverage(train, size),
  test: areaAverage(test, size),
});

const tensorsOf = ({ train, test }: ImageSets): Tensors =>
  new Map(
    Object.entries({ train, test }).flatMap(([set, { images, labels, count, size }]) => [
      [`${set}.images`, { shape: [count, size, size, 3], data: images }],
      [`${set}.labels`, { shape: [count], data: labels }],
    ]),
  );

/** Made once for each size. */
function once<T>(make: (size: number) => Promise<T>): (size: number) => Promise<T> {
  const made = new Map<number, Promise<T>>();
  return (size) => {
    if (!made.has(size)) made.set(size, make(size));
    return made.get(size)!;
  };
}
