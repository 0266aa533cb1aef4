import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFolder, imageSetsOf } from '../../../phoenix/data/folder-images.ts';
import { asTestSet, listImages, squareSides } from '../../../phoenix/data/image-files.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../phoenix/storage/safetensors.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-image-files-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function write(path: string, width = 4, height = width): Promise<void> {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: { r: 1, g: 2, b: 3 } } })
    .png()
    .toFile(join(folder, path));
}

describe('any folder of images', () => {
  it('is one of files', async () => {
    for (const name of ['b.png', 'a.png', '.hidden'])
      await write(name).catch(() => writeFileSync(join(folder, name), ''));
    expect(listImages(folder).map((file) => basename(file))).toEqual(['a.png', 'b.png']);
  });

  it('or of folders of files, one after the other', async () => {
    for (const name of ['dog/1.png', 'cat/2.png', 'cat/1.png']) await write(name);
    expect(listImages(folder)).toEqual(
      ['cat/1.png', 'cat/2.png', 'dog/1.png'].map((name) => join(folder, name)),
    );
  });

  it('and not both, nor anything else', async () => {
    expect(() => listImages(join(folder, 'none'))).toThrow('no such folder');
    expect(() => listImages(folder)).toThrow('no image; supported: a folder of PNG or JPEG files');
    await write('cat/1.png');
    await write('1.png');
    expect(() => listImages(folder)).toThrow('images beside folders');
    writeFileSync(join(folder, 'cat', 'list.txt'), '');
    rmSync(join(folder, '1.png'));
    expect(() => listImages(folder)).toThrow('list.txt: neither PNG nor JPEG');
  });

  it('has the sides of the squares that fit into its images', async () => {
    await write('1.png', 8, 20);
    await write('2.png', 9);
    expect(await squareSides(listImages(folder))).toEqual({ least: 8, most: 9 });
  });

  it('is stored as a data set with nothing to train on', async () => {
    for (const name of ['1.png', '2.png', '3.png']) await write(name);
    const tensors = await decodeFolder(asTestSet(listImages(folder)), 2);
    const { train, test } = imageSetsOf(decodeSafetensors(encodeSafetensors(tensors)).tensors);
    expect([train.count, test.count, test.size]).toEqual([0, 3, 2]);
    expect([...test.images.subarray(-3)]).toEqual([1, 2, 3]);
    expect([...test.labels]).toEqual([0, 0, 0]);
  });
});
