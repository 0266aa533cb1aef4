import { describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSets } from '../../../../phoenix/data/data-source.ts';
import { prepare as prepareStep } from '../../../../activities/steps/prepare.ts';
import { measure as measureStep } from '../../../../activities/steps/measure.ts';
import { referenceFeatures as referenceFeaturesStep } from '../../../../activities/steps/reference-features.ts';
import { trainClassifier as trainClassifierStep } from '../../../../activities/steps/train-classifier.ts';
import { decodeFolder } from '../../../../phoenix/data/folder-images.ts';
import { listFolder } from '../../../../phoenix/data/folder.ts';
import { writeImageFolder } from '../../../helpers/image-folder.ts';
import { resultOf, smallData, smallFeatures, smallNetworks, stepContext } from '../../../helpers/steps.ts';

const prepare = resultOf(prepareStep);
const trainClassifier = resultOf(trainClassifierStep);
const referenceFeatures = resultOf(referenceFeaturesStep);
const measure = resultOf(measureStep);

/** Three classes, unevenly many training images, in the store as a run has them. */
async function fromFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-source-'));
  try {
    await writeImageFolder(folder, { train: { a: 30, b: 24, c: 27 }, test: { a: 10, b: 10, c: 10 } });
    const listed = listFolder(folder);
    const context = stepContext();
    const images = await context.blobs.putTensors(await decodeFolder(listed, 8));
    const data = new DataSets('no CIFAR-10', context.blobs);
    return { context: { ...context, data }, source: { ...listed.shape, images } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a folder of images', () => {
  it('is divided by its labels, which need no image', async () => {
    const { context, source } = await fromFolder();
    const data = { ...smallData, source: { ...source, images: null }, sharing: null };
    const { clients } = await prepare(context, { seed: 3, data });
    expect(clients.map(({ classes }) => classes.length)).toEqual([2, 2, 2]);
    expect(clients.reduce((sum, { ownImages }) => sum + ownImages, 0)).toBe(81);
  });

  it('comes from the store, once', async () => {
    const { context, source } = await fromFolder();
    const sets = await context.data.images(source, 8);
    expect([sets.train.count, sets.test.count, sets.train.size]).toEqual([81, 30, 8]);
    expect([...sets.train.images.subarray(-3)]).toEqual([20, 9, 0]);
    context.store.objects.clear();
    expect(await context.data.images(source, 8)).toBe(sets);
  });

  it('is measured in as many classes as it has', async () => {
    const { context, source } = await fromFolder();
    const features = { ...smallFeatures, images: null };
    const settings = { imageSize: 8, source, features };
    const { weights } = await trainClassifier(context, { ...settings, seed: 1, checkpointSeconds: 60 });
    expect((await context.blobs.getTensors(weights)).get('classes.weight')!.shape).toEqual([6, 3]);
    const reference = await referenceFeatures(context, { source, ...smallNetworks(weights) });
    const { test } = await context.data.images(source, 8);
    const samples = await context.blobs.putTensors(
      new Map([['images', { shape: [30, 8, 8, 3], data: test.images }]]),
    );
    const metrics = await measure(context, {
      ...smallNetworks(weights),
      seed: 1,
      reference,
      samples: [samples],
      neighbours: 3,
    });
    expect(metrics.classCounts).toHaveLength(3);
    expect(metrics).toMatchObject({ samples: 30, referenceImages: 30, precision: 1, recall: 1 });
  });
});
