import { describe, expect, it } from 'vitest';
import { DataFileMissing } from '../../../phoenix/data/cifar10.ts';
import type { DataSource } from '../../../phoenix/data/data-source.ts';
import type { Ref } from '../../../phoenix/federation/records.ts';
import { sampleGrid } from '../../../phoenix/report/grid.ts';
import { groupsOf, type Run } from '../../../phoenix/report/groups.ts';
import { comparingPictures, picturesOf } from '../../../phoenix/report/pictures.ts';
import { Blobs } from '../../../phoenix/storage/blobs.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { pixelsOf } from '../../helpers/pixels.ts';
import { run } from './example-run.ts';

const WHITE = [255, 255, 255];
const SIZE = 8;
/** Bytes of an image. */
const BYTES = SIZE * SIZE * 3;

/** `count` images of one shade each, one brighter than the other, from `first`. */
const shades = (first: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count * BYTES }, (_, i) => first + Math.floor(i / BYTES));

const blobs = new Blobs(new MemoryStore());
const stored = (images: Uint8Array): Promise<Ref> =>
  blobs.putTensors(new Map([['images', { shape: [images.length / BYTES, SIZE, SIZE, 3], data: images }]]));

const testImages = { images: shades(200, 10), labels: new Uint8Array(10), count: 10, size: SIZE };
const data: DataSource = {
  labels: () => testImages.labels,
  images: async () => ({ train: testImages, test: testImages }),
};
const noData: DataSource = {
  labels: () => {
    throw new DataFileMissing('train-labels.bin');
  },
  images: async () => {
    throw new DataFileMissing('train-images.bin');
  },
};

const smallRun: Run = {
  ...run,
  final: null,
  settings: { ...run.settings, data: { ...run.settings.data, imageSize: SIZE } },
};

/** With `rounds` rounds of samples: 20 shades, from the round's number times 10. */
const sampledRun = async (rounds: number): Promise<Run> => ({
  ...smallRun,
  rounds: await Promise.all(
    Array.from({ length: rounds }, async (_, i) => ({
      ...run.rounds[0]!,
      round: i + 1,
      samples: [await stored(shades(10 * (i + 1), 12)), await stored(shades(10 * (i + 1) + 12, 8))],
    })),
  ),
});

it('shows the final grid as it is', async () => {
  const png = await sampleGrid(new Uint8Array(100 * BYTES), 10, 10, SIZE);
  const final = { ...run.final!, grid: await blobs.put(png) };
  const pictures = await picturesOf({ ...smallRun, rounds: [], final }, { blobs, data });
  expect(pictures).toMatchObject([{ name: 'samples', png }]);
});

describe('samples round by round', () => {
  /** Middle of an image: 64 pixels and a gap of 2 each. */
  const middle = (k: number): number => 66 * k + 34;

  it('are rows of images at even distances, below test images', async () => {
    const [picture] = await picturesOf(await sampledRun(3), { blobs, data });
    const { width, height, at } = await pixelsOf(picture!.png);
    const left = width - (66 * 10 + 2);
    expect(height).toBe(66 * 4 + 2);
    const shadeAt = (row: number, column: number) => at(left + middle(column), middle(row))[0];
    expect([0, 1, 9].map((column) => shadeAt(0, column))).toEqual([200, 201, 209]);
    // Every second one of 20, over both parts.
    expect([0, 1, 9].map((column) => shadeAt(1, column))).toEqual([10, 12, 28]);
    expect([0, 1, 9].map((column) => shadeAt(3, column))).toEqual([30, 32, 48]);
    expect(at(left, 0)).toEqual(WHITE);
    expect(picture).toMatchObject({
      name: 'rounds',
      alt: 'A row of 10 samples for each of these rounds: 1, 2, 3; above them test images',
    });
  });

  it('have words beside their rows', async () => {
    const [picture] = await picturesOf(await sampledRun(2), { blobs, data });
    const { width, at } = await pixelsOf(picture!.png);
    const margin = width - (66 * 10 + 2);
    const hasInk = (row: number) =>
      Array.from({ length: 64 * (margin - 4) }, (_, i) =>
        at(i % (margin - 4), 66 * row + 2 + Math.floor(i / (margin - 4))),
      ).some(([red]) => red! < 100);
    expect([0, 1, 2].map(hasInk)).toEqual([true, true, true]);
  });

  it('do without test images where there are none, and say so', async () => {
    const [picture] = await picturesOf(await sampledRun(2), { blobs, data: noData });
    expect((await pixelsOf(picture!.png)).height).toBe(66 * 2 + 2);
    expect(picture!.note).toContain('Test images are not on this machine');
  });

  it('are of ten rounds at most, the first and the last among them', async () => {
    const [picture] = await picturesOf(await sampledRun(19), { blobs, data: noData });
    expect(picture!.alt).toContain('1, 3, 5, 7, 9, 11, 13, 15, 17, 19');
    expect((await pixelsOf(picture!.png)).height).toBe(66 * 10 + 2);
  });

  it('stay white where a round has fewer', async () => {
    const few = await sampledRun(2);
    const rounds = [{ ...few.rounds[0]!, samples: [await stored(shades(50, 3))] }, few.rounds[1]!];
    const [picture] = await picturesOf({ ...few, rounds }, { blobs, data: noData });
    const { width, at } = await pixelsOf(picture!.png);
    const left = width - (66 * 10 + 2);
    expect(at(left + middle(2), middle(0))).toEqual([52, 52, 52]);
    expect(at(left + middle(3), middle(0))).toEqual(WHITE);
  });

  it('need two rounds that have been measured', async () => {
    expect(await picturesOf(await sampledRun(1), { blobs, data })).toEqual([]);
    const all = await sampledRun(3);
    const rounds = all.rounds.map((round) => ({ ...round, samples: round.round === 3 ? round.samples : [] }));
    expect(await picturesOf({ ...all, rounds }, { blobs, data })).toEqual([]);
  });
});

describe('samples of the strategies', () => {
  const { data: settings, federation } = smallRun.settings;
  const partition = { kind: 'classes', classesPerClient: 2 } as const;
  const changes: Partial<Run['settings']>[] = [
    { data: { ...settings, partition, sharing: null } },
    { data: { ...settings, partition, sharing: { ...settings.sharing!, alpha: 100, beta: 25 } } },
  ];

  const finished = async (change: Partial<Run['settings']>, shade: number): Promise<Run> => ({
    ...smallRun,
    run: `run-${shade}`,
    settings: { ...smallRun.settings, federation, filtering: null, ...change } as Run['settings'],
    final: {
      ...run.final!,
      grid: await blobs.put(await sampleGrid(new Uint8Array(100 * BYTES).fill(shade), 10, 10, SIZE)),
    },
  });

  it('are their grids at half the size, in the order of the paper', async () => {
    const runs = [await finished(changes[1]!, 90), await finished(changes[0]!, 40)];
    const [picture] = await comparingPictures(groupsOf(runs), { blobs });
    const { width, height, at } = await pixelsOf(picture!.png);
    const half = (66 * 10 + 2) / 2;
    const [gap, head] = [width - 2 * half, height - half];
    expect(at(20, head + 20)).toEqual([40, 40, 40]);
    expect(at(half + gap + 20, head + 20)).toEqual([90, 90, 90]);
    // Pixels are doubled or halved, never mixed: a gap is one pixel wide and white.
    expect([32, 33, 34].map((x) => at(x, head + 10)[0])).toEqual([40, 255, 40]);
    expect(at(half + 1, head + 20)).toEqual(WHITE);
    expect(picture!.alt).toMatch(/default; data sharing/);
    expect(picture!.note).toContain('run-40, run-90');
  });

  it('are those of a run that has finished, where another seed has not', async () => {
    const runs = [await finished(changes[1]!, 90), await finished(changes[0]!, 40)];
    const begun = { ...runs[0]!, run: 'begun', rounds: runs[0]!.rounds.slice(0, 1), final: null };
    const [picture] = await comparingPictures(groupsOf([begun, ...runs]), { blobs });
    expect(picture!.note).toContain('run-40, run-90');
  });

  it('are left out where there are not two, or not two that have finished', async () => {
    const runs = [await finished(changes[1]!, 90), await finished(changes[0]!, 40)];
    expect(await comparingPictures(groupsOf(runs.slice(0, 1)), { blobs })).toEqual([]);
    expect(await comparingPictures(groupsOf([runs[0]!, { ...runs[1]!, final: null }]), { blobs })).toEqual(
      [],
    );
  });
});
