import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findWeights } from '../../../phoenix/config/feature-weights.ts';
import { forkExperiment } from '../../../phoenix/config/fork.ts';
import { loadExperiment } from '../../../phoenix/config/load.ts';
import { readyExperiment } from '../../../phoenix/config/ready.ts';
import { otherRule } from '../../../phoenix/config/what-if.ts';
import { imageSetsOf } from '../../../phoenix/data/folder-images.ts';
import { refOf } from '../../../phoenix/storage/blobs.ts';
import { decodeSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { writeImageFolder } from '../../helpers/image-folder.ts';

const before = process.cwd();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-folder-'));
  process.chdir(folder);
});

beforeEach(() => rmSync(join(folder, 'images'), { recursive: true, force: true }));

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const yaml = (data: string) => `name: x
data: { source: { folder: images }, imageSize: 8, ${data} }
model: { channels: [8], attention: [false], groups: 4 }
evaluation: { samples: 20 }
`;

function load(data = 'clients: 3', overrides: string[] = []) {
  writeFileSync('x.yaml', yaml(data));
  return loadExperiment('x.yaml', overrides);
}

/** Three classes with 12, 9 and 10 training images, and 8 test images each. */
const write = (shift = 0) =>
  writeImageFolder(
    join(folder, 'images'),
    { train: { ant: 12, bee: 9, cow: 10 }, test: { ant: 8, bee: 8, cow: 8 } },
    shift,
  );

describe('an experiment on a folder of images', () => {
  it('knows their classes and numbers before it has read one', async () => {
    await write();
    const { experiment, imageFolder } = load();
    expect(experiment.data.source).toEqual({
      classes: ['ant', 'bee', 'cow'],
      train: [12, 9, 10],
      test: [8, 8, 8],
      images: null,
    });
    expect(imageFolder!.train).toHaveLength(31);
  });

  it('is named by the images and not by where they are', async () => {
    await write();
    const ready = await readyExperiment(load());
    const [images] = ready.blobs;
    expect(ready.experiment.data.source).toMatchObject({ images: refOf(images!) });
    expect(imageSetsOf(decodeSafetensors(images!).tensors)).toMatchObject({
      train: { count: 31, size: 8 },
      test: { count: 24, size: 8 },
    });
    expect((await readyExperiment(load())).run).toBe(ready.run);
    await write(1);
    expect((await readyExperiment(load())).run).not.toBe(ready.run);
  });

  it('leaves CIFAR-10 and its name as they are', async () => {
    writeFileSync('x.yaml', 'name: x');
    const loaded = loadExperiment('x.yaml');
    const { blobs, ...named } = await readyExperiment(loaded);
    const { experiment, settingsHash, run } = loaded;
    expect(named).toEqual({ experiment, settingsHash, run });
    // The weights of what its metrics look through.
    expect(blobs.map(refOf)).toEqual([findWeights('cifar-classifier', 32)]);
  });

  it('can be forked', async () => {
    await write();
    const { experiment, run } = await readyExperiment(load());
    const fork = forkExperiment(experiment, { run, round: 1 }, ['training.learningRate=0.01']);
    expect(fork.experiment.data).toEqual(experiment.data);
  });

  it('can be judged by another rule', async () => {
    await write();
    const filtering = ['filtering={ rule: average, samples: 20 }'];
    const { experiment } = await readyExperiment(load('clients: 3', filtering));
    expect(otherRule(experiment, { rule: 'lowest' })).toMatchObject({ rule: 'lowest', samples: 20 });
  });

  it.each([
    [
      'clients: 3, partition: { kind: classes, classesPerClient: 4 }',
      'x.yaml:2:109 data.partition.classesPerClient: 4 of 3 classes; allowed: 1 to 3',
    ],
    // Nine images of the smallest class in three shards each.
    ['clients: 14', 'x.yaml:2:60 data.clients: 31 images are too few for 14 clients; allowed: 1 to 13'],
    [
      'clients: 3, sharing: { beta: 100, alpha: 100, serverImages: 27 }',
      'x.yaml:2:111 data.sharing.serverImages: 27 images, evenly over the classes, leave the clients none of some class; allowed: multiples of 3, up to 24',
    ],
  ])('that is too small for its settings is refused: %s', async (data, message) => {
    await write();
    expect(() => load(data)).toThrow(message);
  });

  it.each([
    ['evaluation.samples=25', 'evaluation.samples: 25 are more than there are test images'],
    [
      'features={ kind: classifier, images: 28 }',
      'features.images: 28 are more than there are training images',
    ],
  ])('does not compare with more images than there are: %s', async (override, message) => {
    await write();
    expect(() => load('clients: 3', [override])).toThrow(message);
  });

  it('says which folder or file is not as it must be, and where it was named', async () => {
    expect(() => load()).toThrow(
      /^x\.yaml:2:27 data\.source\.folder: .*images\/train: no such folder; allowed: train\/CLASS\/FILE and/,
    );
    await write();
    writeFileSync(join(folder, 'images/test/bee/3.png'), 'no image');
    await expect(readyExperiment(load())).rejects.toThrow(
      /^.*bee\/3\.png: cannot be decoded \(.*\); supported:/,
    );
  });

  it.each([
    ['{ foldr: images }', '{"foldr":"images"} is not allowed; allowed: cifar10, or a block with folder'],
    ['cifar100', '"cifar100" is not allowed; allowed: cifar10, or a block with folder'],
    [
      '{ folder: images, size: 3 }',
      'data.source.size: unknown key; allowed: cifar10, or a block with folder',
    ],
  ])('source: %s is refused', async (source, message) => {
    await write();
    writeFileSync('x.yaml', `name: x\ndata: { source: ${source} }`);
    expect(() => loadExperiment('x.yaml')).toThrow(message);
  });
});
