/** Kinds of data on the real servers with the real engine: a folder of images, and one participant with everything. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measured } from '../../cli/metrics.ts';
import type { FullRun } from '../../phoenix/federation/records.ts';
import type { Division } from '../../phoenix/report/division.ts';
import { writeImageFolder } from '../helpers/image-folder.ts';
import { ownCache } from '../helpers/own-cache.ts';
import { Stack } from '../helpers/stack.ts';

const FOLDER_RUN = `
name: folder
seed: 5
data:
  source: { folder: images }
  imageSize: 8
  clients: 2
  partition: { kind: dirichlet, concentration: 1, minimumImages: 5 }
  sharing:
    serverImages: 30
    beta: 100
    alpha: 50
    subset: sameSubset
    warmup: { steps: 20, until: { metric: recall, target: 0, every: 10, samples: 20 } }
model: { channels: [8], layersPerBlock: 1, attention: [false], groups: 4 }
diffusion: { steps: 20 }
training: { learningRate: 0.001, batchSize: 8, steps: 5 }
federation: { rounds: 1 }
sampling: { method: ddim, steps: 5 }
evaluation: { samples: 20 }
features: { kind: classifier, channels: [8], epochs: 2, batchSize: 16, dimensions: 8 }
`;

let stack: Stack;

const cache = ownCache();

beforeAll(async () => {
  stack = await Stack.start();
  stack.variables['PHOENIX_CACHE'] = cache.folder;
});

afterAll(async () => {
  await stack.stop();
  cache.remove();
});

describe('a folder of images', () => {
  let file: string;
  let document: FullRun;

  beforeAll(async () => {
    file = join(stack.folder, 'folder.yaml');
    writeFileSync(file, FOLDER_RUN);
    await writeImageFolder(join(stack.folder, 'images'), {
      train: { ant: 25, bee: 20, cow: 15 },
      test: { ant: 10, bee: 10, cow: 10 },
    });
    document = await stack.finish(file);
  });

  it('is trained on and measured, in its own classes', () => {
    expect(document).toMatchObject({
      state: 'finished',
      settings: { data: { source: { classes: ['ant', 'bee', 'cow'], train: [25, 20, 15] } } },
      sharedImages: 30,
      // Met at the first look, which any recall meets.
      warmup: { steps: 10, reached: true },
    });
    expect(document.untrained!.classCounts).toHaveLength(3);
    expect(document.rounds[0]!.metrics!.referenceImages).toBe(30);
  });

  it('is divided as `phoenix data` says', async () => {
    const division = JSON.parse(await stack.phoenix('data', file, '--json')) as Division;
    expect(division.clients.map(({ client, own, shared }) => ({ client, own, shared }))).toEqual(
      document.clients.map(({ id, ownImages, sharedImages }) => ({
        client: id,
        own: ownImages,
        shared: sharedImages,
      })),
    );
  });

  it('is measured by `phoenix metrics` as the run has measured itself, and compared with what was trained on', async () => {
    const out = join(stack.folder, 'novelty');
    const measured = JSON.parse(
      await stack.phoenix('metrics', 'folder', '--novelty', '--out', out, '--json'),
    ) as Measured;
    expect(measured).toMatchObject({ run: document.run, imageSize: 8, neighbours: 3 });
    expect(measured.metrics).toEqual(document.rounds.at(-1)!.metrics);
    expect(measured.classes.map(({ name, share }) => [name, share.real.value])).toEqual([
      ['ant', 1 / 3],
      ['bee', 1 / 3],
      ['cow', 1 / 3],
    ]);
    const served = (measured.clients ?? []).map(({ client, classes }) => ({ id: client, classes }));
    expect(served).toEqual(document.clients.map(({ id, classes }) => ({ id, classes })));
    const { training, closest, picture } = measured.novelty!;
    expect(training).toBe('60 training images');
    expect(closest).toHaveLength(10);
    expect(closest.map(({ distance }) => distance)).toEqual(
      closest.map(({ distance }) => distance).toSorted((a, b) => a - b),
    );
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 10 * (64 + 4) + 4 });
  });

  it('may be gone once the run has started, and is the same run from another place', async () => {
    const moved = join(stack.folder, 'moved');
    renameSync(join(stack.folder, 'images'), moved);
    writeFileSync(file, FOLDER_RUN.replace('images }', 'moved }').replace('rounds: 1', 'rounds: 1 '));
    expect(await stack.finish(file)).toEqual(document);
  });
});

describe('centralized training', () => {
  it('is one participant’s, round after round, and what is averaged is what it has sent', async () => {
    const document = await stack.finish('experiments/tiny.yaml', [
      'data.clients=1',
      'data.partition={kind: centralized}',
      'data.sharing=null',
      'federation.personalization=none',
      'filtering=null',
    ]);
    expect(document.clients).toMatchObject([{ id: 0, ownImages: 50_000, sharedImages: 0 }]);
    expect(document.rounds).toHaveLength(2);
    for (const { clients, aggregated } of document.rounds) {
      expect(clients.map(({ training }) => training.model.base)).toEqual([aggregated]);
    }
  });
});
