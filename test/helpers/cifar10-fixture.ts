/** Real CIFAR-10 images for tests: the first 40 training and 10 test images of each class. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ImageSet, ImageSets } from '../../phoenix/data/image-set.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/cifar10');

export function cifar10Fixture(): ImageSets {
  return { train: part('train'), test: part('test') };
}

/** Labels of all 50,000 training images, in their order. */
export const cifar10Labels = (): Uint8Array => unpacked('all-train-labels.bin.gz');

function part(name: 'train' | 'test'): ImageSet {
  const labels = unpacked(`${name}-labels.bin.gz`);
  return { images: unpacked(`${name}-images.bin.gz`), labels, count: labels.length, size: 32 };
}

function unpacked(file: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(FOLDER, file))));
}
