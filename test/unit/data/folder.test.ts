import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Color } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeFolder, imageSetsOf } from '../../../phoenix/data/folder-images.ts';
import { listFolder, UnusableImages } from '../../../phoenix/data/folder.ts';
import { imagesAt } from '../../../phoenix/data/image-set.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';
import { writeImageFolder } from '../../helpers/image-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-images-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = () => writeImageFolder(folder, { train: { b: 2, a: 3 }, test: { a: 1, b: 1 } });

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UnusableImages);
    return (error as UnusableImages).what.replace(folder, '');
  }
  throw new Error('the folder was accepted');
}

describe('listFolder', () => {
  it('finds classes and images in the order of their names', async () => {
    await write();
    writeFileSync(join(folder, 'train/a/.hidden'), '');
    const { shape, train, test } = listFolder(folder);
    expect(shape).toEqual({ classes: ['a', 'b'], train: [3, 2], test: [1, 1] });
    expect(train.map((file) => file.slice(folder.length))).toEqual([
      '/train/a/0.png',
      '/train/a/1.png',
      '/train/a/2.png',
      '/train/b/0.png',
      '/train/b/1.png',
    ]);
    expect(test).toHaveLength(2);
  });

  it('follows links', async () => {
    await write();
    symlinkSync(folder, join(folder, 'link'));
    symlinkSync(join(folder, 'train/a'), join(folder, 'train/c'));
    symlinkSync(join(folder, 'test/a'), join(folder, 'test/c'));
    expect(listFolder(join(folder, 'link')).shape.train).toEqual([3, 2, 3]);
  });

  it.each<[string, () => void, string]>([
    ['no test images', () => rmSync(join(folder, 'test'), { recursive: true }), '/test: no such folder'],
    ['a class without images', () => rmSync(join(folder, 'train/b/0.png')), ''],
    ['one class', () => rmSync(join(folder, 'train/b'), { recursive: true }), '/train: 1 classes'],
    [
      'a class that is not tested',
      () => mkdirSync(join(folder, 'train/c')),
      ': the class c is not in both train and test',
    ],
    [
      'another file',
      () => writeFileSync(join(folder, 'train/a/x.gif'), ''),
      '/train/a/x.gif: neither PNG nor JPEG',
    ],
    [
      'a file for a class',
      () => writeFileSync(join(folder, 'train/x.png'), ''),
      '/train/x.png: not a folder',
    ],
    ['a folder for an image', () => mkdirSync(join(folder, 'test/a/x.png')), '/test/a/x.png: not a file'],
  ])('refuses %s', async (_, spoil, what) => {
    await write();
    spoil();
    if (what === '') {
      rmSync(join(folder, 'train/b/1.png'));
      expect(problemOf(() => listFolder(folder))).toBe('/train/b: no image');
    } else expect(problemOf(() => listFolder(folder))).toBe(what);
  });
});

describe('decodeFolder', () => {
  const read = async (size: number) => imageSetsOf(await decodeFolder(listFolder(folder), size));

  it('gives back what the files hold, with their labels', async () => {
    await write();
    const { train, test } = await read(8);
    expect([...train.labels, ...test.labels]).toEqual([0, 0, 0, 1, 1, 0, 1]);
    // Red is the place of the class as it was written: b, then a.
    const colours = [...train.labels.keys()].map((image) => [
      ...train.images.subarray(image * 192, image * 192 + 3),
    ]);
    expect(colours).toEqual([
      [10, 0, 0],
      [10, 1, 0],
      [10, 2, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('keeps every byte of images that have the size', async () => {
    await write();
    const { train } = cifar10Fixture();
    const image = imagesAt(train, Int32Array.of(5));
    await sharp(image, { raw: { width: 32, height: 32, channels: 3 } })
      .png()
      .toFile(join(folder, 'train/a/0.png'));
    const { train: read32 } = await read(32);
    expect(read32.images.subarray(0, image.length)).toEqual(image);
  });

  it('scales, cuts around the centre, and takes grey, transparent, turned and JPEG images', async () => {
    await write();
    const create = (width: number, height: number, background: Color, channels: 3 | 4 = 3) =>
      sharp({ create: { width, height, channels, background } });
    const white = { r: 255, g: 255, b: 255 };
    // Black bars at both ends of a wide white image.
    await create(64, 16, white)
      .composite(
        [0, 44].map((left) => ({
          input: { create: { width: 20, height: 16, channels: 3, background: '#000' } },
          left,
          top: 0,
        })),
      )
      .png()
      .toFile(join(folder, 'train/a/0.png'));
    await create(16, 16, white).greyscale().toColourspace('b-w').png().toFile(join(folder, 'train/a/1.png'));
    await create(16, 16, { ...white, alpha: 0 }, 4)
      .png()
      .toFile(join(folder, 'train/a/2.png'));
    rmSync(join(folder, 'train/b/0.png'));
    // Half black, half white, side by side, and a note that it is lying on its side.
    await create(16, 16, white)
      .composite([
        { input: { create: { width: 8, height: 16, channels: 3, background: '#000' } }, left: 0, top: 0 },
      ])
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toFile(join(folder, 'train/b/0.jpeg'));
    const { train } = await read(8);
    const pixels = (image: number) => train.images.subarray(image * 192, (image + 1) * 192);
    const pixel = (image: number, y: number, x: number) => pixels(image)[(y * 8 + x) * 3]!;
    expect(pixel(0, 4, 4)).toBe(255);
    expect(new Set(pixels(1))).toEqual(new Set([255]));
    expect(new Set(pixels(2))).toEqual(new Set([0]));
    expect([pixel(3, 1, 1), pixel(3, 1, 6)].every((value) => value < 20)).toBe(true);
    expect([pixel(3, 6, 1), pixel(3, 6, 6)].every((value) => value > 235)).toBe(true);
  });

  it('names the file that is no image', async () => {
    await write();
    writeFileSync(join(folder, 'train/b/1.png'), 'no image');
    await expect(read(8)).rejects.toThrow(
      /train\/b\/1\.png: cannot be decoded \(.+\); supported: PNG and JPEG/,
    );
  });

  it('refuses an image that is cut off', async () => {
    await write();
    const noise = Buffer.from(Uint8Array.from({ length: 3 * 64 * 64 }, (_, k) => (k * 7919) % 251));
    const png = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'train/b/1.png'), png.subarray(0, png.length / 2));
    await expect(read(8)).rejects.toThrow(UnusableImages);
  });
});
