import { describe, expect, it } from 'vitest';
import { DataFileMissing } from '../../../phoenix/data/cifar10.ts';
import type { DataSource } from '../../../phoenix/data/data-source.ts';
import { partitionTensors } from '../../../phoenix/data/stored-partition.ts';
import { divisionOfRun, testImagesOf } from '../../../phoenix/report/run-images.ts';
import { Blobs } from '../../../phoenix/storage/blobs.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';
import { run } from './example-run.ts';

const blobs = new Blobs(new MemoryStore());
const set = (count: number) => ({
  images: new Uint8Array(3 * count),
  labels: new Uint8Array(count),
  count,
  size: 1,
});
const data: DataSource = {
  labels: () => Uint8Array.of(0, 1, 2, 3, 0, 1),
  images: async () => ({ train: set(6), test: set(2) }),
};
const missing = (): never => {
  throw new DataFileMissing('train-labels.bin');
};
const noData: DataSource = { labels: missing, images: async () => missing() };

describe('images of a run', () => {
  it('are counted by class, as the store says who has them', async () => {
    const clients = [
      { own: Int32Array.of(0, 4), shared: Int32Array.of(3), noise: 0 },
      { own: Int32Array.of(1, 2), shared: Int32Array.of(), noise: 0.5 },
    ];
    const partition = await blobs.putTensors(partitionTensors({ clients, shared: Int32Array.of(3, 5) }));
    const division = await divisionOfRun(
      { ...run, partition, clients: run.clients.slice(0, 2) },
      { blobs, data },
    );
    expect(division!.sharedImages).toBe(2);
    expect(division!.clients.map(({ ownClasses }) => ownClasses.slice(0, 4))).toEqual([
      [2, 0, 0, 0],
      [0, 1, 1, 0],
    ]);
    expect(division!.clients.map(({ sharedClasses }) => sharedClasses[3])).toEqual([1, 0]);
  });

  it('are not known before they are divided, nor without the data set', async () => {
    expect(await divisionOfRun({ ...run, partition: null }, { blobs, data })).toBeNull();
    expect(await divisionOfRun(run, { blobs, data: noData })).toBeNull();
    expect(await testImagesOf(run, { blobs, data: noData })).toBeNull();
    expect((await testImagesOf(run, { blobs, data }))!.count).toBe(2);
  });

  it('fail where something else is wrong', async () => {
    const broken: DataSource = {
      ...data,
      labels: () => {
        throw new TypeError('broken');
      },
    };
    await expect(divisionOfRun(run, { blobs, data: broken })).rejects.toThrow('broken');
  });
});
