/** CIFAR-10 from the four raw files that set-up leaves in its cache folder. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageSet, ImageSets } from './image-set.ts';

const SIZE = 32;

/** Bytes in the order image, row, column, RGB; labels one byte each, in the order of the images. */
const FILES = {
  'train-images.bin': {
    bytes: 153_600_000,
    sha256: '47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a',
  },
  'train-labels.bin': {
    bytes: 50_000,
    sha256: '2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253',
  },
  'test-images.bin': {
    bytes: 30_720_000,
    sha256: 'f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04',
  },
  'test-labels.bin': {
    bytes: 10_000,
    sha256: 'cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5',
  },
} as const;

type FileName = keyof typeof FILES;

export class DataFileMissing extends Error {
  override readonly name = 'DataFileMissing';
  readonly file: string;

  constructor(file: string) {
    super(
      `CIFAR-10 file ${file} is missing; \`npm start\` gets it (\`npx phoenix doctor\` says what else is missing), ` +
        'or name a folder that has it in PHOENIX_CIFAR10_DIR',
    );
    this.file = file;
  }
}

export class DataFileCorrupt extends Error {
  override readonly name = 'DataFileCorrupt';
  readonly file: string;
  /** Length in bytes and SHA-256 (hex) of the right file and of the one found. */
  readonly expected: { readonly bytes: number; readonly sha256: string };
  readonly actual: { readonly bytes: number; readonly sha256: string };

  constructor(file: string, expected: DataFileCorrupt['expected'], actual: DataFileCorrupt['actual']) {
    super(
      `CIFAR-10 file ${file} is corrupt (${actual.bytes} bytes, SHA-256 ${actual.sha256}; the right file has ` +
        `${expected.bytes} bytes, SHA-256 ${expected.sha256}); delete it and run \`npm start\`, ` +
        'or name a folder that has it in PHOENIX_CIFAR10_DIR',
    );
    this.file = file;
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Reads and verifies both sets: 50,000 training and 10,000 test images of 32 × 32 pixels (184 MB, about 0.3
 * s).
 *
 * @throws DataFileMissing, DataFileCorrupt
 */
export function loadCifar10(folder: string): ImageSets {
  return {
    train: imageSet(folder, 'train-images.bin', 'train-labels.bin'),
    test: imageSet(folder, 'test-images.bin', 'test-labels.bin'),
  };
}

/**
 * Labels of the 50,000 training images alone.
 *
 * @throws DataFileMissing, DataFileCorrupt
 */
export const loadCifar10Labels = (folder: string): Uint8Array => verified(folder, 'train-labels.bin');

function imageSet(folder: string, images: FileName, labels: FileName): ImageSet {
  const labelBytes = verified(folder, labels);
  return { images: verified(folder, images), labels: labelBytes, count: labelBytes.length, size: SIZE };
}

function verified(folder: string, name: FileName): Uint8Array {
  const file = join(folder, name);
  const body = read(file);
  const expected = FILES[name];
  const actual = { bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  if (actual.sha256 !== expected.sha256) throw new DataFileCorrupt(file, expected, actual);
  return body;
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new DataFileMissing(file);
    throw error;
  }
}
