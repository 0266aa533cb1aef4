/** The images of a folder: decoded by whoever starts a run, then one object in the store, and read from there. */
import sharp from 'sharp';
import type { Tensor, Tensors } from '../storage/safetensors.ts';
import { labelsOf } from './data-set.ts';
import { UnusableImages, type ListedFolder } from './folder.ts';
import type { ImageSet, ImageSets } from './image-set.ts';

/** Files that are decoded at a time: enough for all threads, and not for all memory. */
const AT_ONCE = 64;

const SETS = ['train', 'test'] as const;

/**
 * All images at `size` × `size` pixels: upright, scaled until the square is covered, cut around the centre, transparent
 * parts black. An image that has this size already keeps every byte.
 *
 * @returns uint8 `train.images` [n, size, size, 3] and `train.labels` [n], the same for `test`
 * @throws UnusableImages
 */
export async function decodeFolder(listed: ListedFolder, size: number): Promise<Tensors> {
  const tensors = new Map<string, Tensor>();
  for (const set of SETS) {
    const files = listed[set];
    const images = new Uint8Array(files.length * size * size * 3);
    for (let start = 0; start < files.length; start += AT_ONCE) {
      const decoded = await Promise.all(
        files.slice(start, start + AT_ONCE).map((file) => decode(file, size)),
      );
      decoded.forEach((image, k) => images.set(image, (start + k) * size * size * 3));
    }
    tensors.set(`${set}.images`, { shape: [files.length, size, size, 3], data: images });
    tensors.set(`${set}.labels`, { shape: [files.length], data: labelsOf(listed.shape[set]) });
  }
  return tensors;
}

/** What `decodeFolder` returned, once it has been stored. */
export function imageSetsOf(tensors: Tensors): ImageSets {
  const part = (set: (typeof SETS)[number]): ImageSet => {
    const { shape, data } = tensors.get(`${set}.images`)!;
    const labels = tensors.get(`${set}.labels`)!.data as Uint8Array;
    return { images: data as Uint8Array, labels, count: labels.length, size: shape[1]! };
  };
  return { train: part('train'), test: part('test') };
}

async function decode(file: string, size: number): Promise<Uint8Array> {
  try {
    return await sharp(file)
      .autoOrient()
      .resize(size, size, { fit: 'cover' })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new UnusableImages(file, `cannot be decoded (${reason})`, 'PNG and JPEG files');
  }
}
