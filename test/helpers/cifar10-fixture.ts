/** Real CIFAR-10 images for tests: the first 40 training and 10 test images of each class. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Cifar10, ImageSet } from '../../phoenix/data/cifar10.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/cifar10');

export function cifar10Fixture(): Cifar10 {
  return { train: part('train'), test: part('test') };
}

function part(name: 'train' | 'test'): ImageSet {
  const labels = unpacked(`${name}-labels.bin.gz`);
  return { images: unpacked(`${name}-images.bin.gz`), labels, count: labels.length, size: 32 };
}

function unpacked(file: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(FOLDER, file))));
}
