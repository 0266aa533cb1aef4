/** Any folder of images: files, or folders of files, which count as one set. An image's place is that of its path. */
import { join } from 'node:path';
import sharp from 'sharp';
import { entriesOf, imagesIn, UnusableImages, type ListedFolder } from './folder.ts';

const LAYOUT = 'a folder of PNG or JPEG files, or of folders of them';

/** Files whose headers are read at a time. */
const AT_ONCE = 64;

/** @throws UnusableImages */
export function listImages(folder: string): string[] {
  const entries = entriesOf(folder);
  const folders = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (folders.length === 0) return imagesIn(folder, LAYOUT);
  if (folders.length < entries.length) throw new UnusableImages(folder, 'images beside folders', LAYOUT);
  return folders.sort().flatMap((name) => imagesIn(join(folder, name), LAYOUT));
}

/** As a data set whose test images they are, all of one class. */
export const asTestSet = (files: readonly string[]): ListedFolder => ({
  shape: { classes: ['images'], train: [0], test: [files.length] },
  train: [],
  test: files,
});

/**
 * Sides of the smallest and the largest square that can be cut out of an image of these.
 *
 * @throws UnusableImages
 */
export async function squareSides(files: readonly string[]): Promise<{ least: number; most: number }> {
  let [least, most] = [Infinity, 0];
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const sides = await Promise.all(files.slice(start, start + AT_ONCE).map(sideOf));
    [least, most] = [Math.min(least, ...sides), Math.max(most, ...sides)];
  }
  return { least, most };
}

async function sideOf(file: string): Promise<number> {
  try {
    const { width, height } = await sharp(file).metadata();
    return Math.min(width, height);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new UnusableImages(file, `cannot be read (${reason})`, 'PNG and JPEG files');
  }
}
