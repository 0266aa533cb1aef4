/**
 * A folder of images as a data set: `train/CLASS/FILE` and `test/CLASS/FILE`, PNG or JPEG. The names of the classes, in
 * the order of their code units, are the labels 0, 1 …; an image's place is that of its class, then of its name.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSetShape } from './data-set.ts';

const LAYOUT =
  'train/CLASS/FILE and test/CLASS/FILE with PNG or JPEG files, the same two or more classes in both';

/** Labels are bytes. */
const MOST_CLASSES = 256;

export interface ListedFolder {
  readonly shape: DataSetShape;
  /** Paths in the order of the images. */
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/** A folder that is no data set, or a file in it that is no image. The message is one line. */
export class UnusableImages extends Error {
  override readonly name = 'UnusableImages';
  /** The file or folder, and what is wrong with it. */
  readonly what: string;
  readonly supported: string;

  constructor(path: string, what: string, supported = LAYOUT) {
    super(`${path}: ${what}; supported: ${supported}`);
    this.what = `${path}: ${what}`;
    this.supported = supported;
  }
}

/**
 * What is in a folder, without reading an image.
 *
 * @throws UnusableImages
 */
export function listFolder(folder: string): ListedFolder {
  const classes = namesIn(join(folder, 'train'), 'folder');
  if (classes.length < 2 || classes.length > MOST_CLASSES)
    throw new UnusableImages(join(folder, 'train'), `${classes.length} classes`);
  const tested = namesIn(join(folder, 'test'), 'folder');
  const odd = [...classes, ...tested].find((name) => !classes.includes(name) || !tested.includes(name));
  if (odd !== undefined) throw new UnusableImages(folder, `the class ${odd} is not in both train and test`);
  const files = (set: string) => classes.map((name) => imagesIn(join(folder, set, name)));
  const [train, test] = [files('train'), files('test')];
  const counts = (lists: string[][]) => lists.map(({ length }) => length);
  return {
    shape: { classes, train: counts(train), test: counts(test) },
    train: train.flat(),
    test: test.flat(),
  };
}

/** Paths of the images in a folder that holds nothing else. Throws `UnusableImages`. */
export function imagesIn(folder: string, supported = LAYOUT): string[] {
  const names = namesIn(folder, 'file', supported);
  if (names.length === 0) throw new UnusableImages(folder, 'no image', supported);
  const other = names.find((name) => !/\.(png|jpe?g)$/i.test(name));
  if (other !== undefined) throw new UnusableImages(join(folder, other), 'neither PNG nor JPEG', supported);
  return names.map((name) => join(folder, name));
}

function namesIn(folder: string, kind: 'file' | 'folder', supported = LAYOUT): string[] {
  const entries = entriesOf(folder);
  const other = entries.find(({ isFolder }) => isFolder !== (kind === 'folder'));
  if (other) throw new UnusableImages(join(folder, other.name), `not a ${kind}`, supported);
  // Code units and not a language's order, which machines may differ in.
  return entries.map(({ name }) => name).sort();
}

/** Hidden entries, which file managers leave behind, are not seen. Throws `UnusableImages`. */
export function entriesOf(folder: string): { name: string; isFolder: boolean }[] {
  try {
    const visible = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
    return visible.map((entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink()
        ? statSync(join(folder, entry.name)).isDirectory()
        : entry.isDirectory(),
    }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new UnusableImages(folder, isMissing ? 'no such folder' : `cannot be read (${code})`);
  }
}
