import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { StepStopped } from '../../../../activities/steps/context.ts';
import { generate as generateStep, type GenerateRequest } from '../../../../activities/steps/generate.ts';
import { grid as gridStep } from '../../../../activities/steps/grid.ts';
import { initialise as initialiseStep } from '../../../../activities/steps/initialise.ts';
import { measure as measureStep } from '../../../../activities/steps/measure.ts';
import { loadModel } from '../../../../activities/steps/models.ts';
import { movingAverage } from '../../../../activities/steps/moving-average.ts';
import { imagesOf } from '../../../../phoenix/data/stored-partition.ts';
import { prepare as prepareStep } from '../../../../activities/steps/prepare.ts';
import { referenceFeatures as referenceFeaturesStep } from '../../../../activities/steps/reference-features.ts';
import { trainClassifier as trainClassifierStep } from '../../../../activities/steps/train-classifier.ts';
import { weightsHash } from '../../../../activities/steps/weights-hash.ts';
import { initialWeights } from '../../../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../../../phoenix/models/unet-parameters.ts';
import { blobKey, MissingObject } from '../../../../phoenix/storage/blobs.ts';
import { MismatchedUpdate } from '../../../../phoenix/storage/model-streams.ts';
import { untrainedWeights } from '../../../../phoenix/models/untrained.ts';
import { fakeEngine } from '../../../helpers/fake-engine.ts';
import {
  resultOf,
  smallData,
  smallDcgan,
  smallFeatures,
  smallNetworks,
  smallNetwork,
  stepContext,
} from '../../../helpers/steps.ts';

const generate = resultOf(generateStep);
const grid = resultOf(gridStep);
const initialise = resultOf(initialiseStep);
const measure = resultOf(measureStep);
const prepare = resultOf(prepareStep);
const referenceFeatures = resultOf(referenceFeaturesStep);
const trainClassifier = resultOf(trainClassifierStep);

describe('prepare', () => {
  it('gives clients disjoint parts of the client images, and G from the server part', async () => {
    const context = stepContext();
    const { partition, clients, sharedImages } = await prepare(context, { seed: 3, data: smallData });
    // 400 images, 100 of them the server's; β = 20 % of 300.
    expect(sharedImages).toBe(60);
    const { shared } = await imagesOf(context.blobs, partition, null);
    expect(shared.length).toBe(60);
    const own: number[] = [];
    for (const { id, classes, ownImages, sharedImages: share } of clients) {
      expect(classes.length).toBe(2);
      expect(share).toBe(30);
      const images = await imagesOf(context.blobs, partition, id);
      expect([images.own.length, images.shared.length, images.noise]).toEqual([ownImages, share, 0]);
      own.push(...images.own);
      expect([...images.shared].every((index) => shared.includes(index))).toBe(true);
    }
    expect(new Set(own).size).toBe(own.length);
    expect(own.some((index) => shared.includes(index))).toBe(false);
  });

  it('leaves all images to the clients without sharing', async () => {
    const data = { ...smallData, sharing: null, partition: { kind: 'iid' } } as const;
    const { clients, sharedImages } = await prepare(stepContext(), { seed: 3, data });
    expect(sharedImages).toBe(0);
    expect(clients.reduce((sum, { ownImages }) => sum + ownImages, 0)).toBe(400);
  });
});

describe('prepare with one subset for all', () => {
  it('gives every client the same part of G, and is another step', async () => {
    const context = stepContext();
    const sharing = { ...smallData.sharing, subset: 'sameSubset' } as const;
    const each = await prepareStep(context, { seed: 3, data: smallData });
    const same = await prepareStep(context, { seed: 3, data: { ...smallData, sharing } });
    expect(same.step.key).not.toBe(each.step.key);
    const shared = await Promise.all(
      same.result.clients.map(
        async ({ id }) => (await imagesOf(context.blobs, same.result.partition, id)).shared,
      ),
    );
    expect(shared[0]).toHaveLength(30);
    expect(new Set(shared.map(String)).size).toBe(1);
  });
});

describe('initialise', () => {
  const request = {
    seed: 1,
    model: smallNetwork.model,
    init: null,
    personalization: 'lastDecoderBlock',
  } as const;

  it('draws other weights for another seed', async () => {
    const context = stepContext();
    const { base } = await initialise(context, request);
    expect(await initialise(context, { ...request, seed: 2 })).not.toMatchObject({ base });
  });

  it('takes the weights that are given, whatever the seed, and splits off the personal block', async () => {
    const context = stepContext();
    const given = initialWeights(unetParameters(smallNetwork.model), 77);
    const init = { weights: await context.blobs.putTensors(given) };
    const model = await initialise(context, { ...request, init });
    expect(await loadModel(context.blobs, model)).toEqual(
      new Map([...given].sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    expect(model.personal).not.toBeNull();
    expect(await initialise(context, { ...request, init, seed: 2 })).toEqual(model);
  });
});

describe('a DCGAN', () => {
  it('starts with both networks and their running statistics, all of it to be averaged', async () => {
    const context = stepContext();
    const { model: dcgan } = smallDcgan;
    const request = { seed: 1, model: dcgan, init: null, personalization: 'none' } as const;
    const model = await initialise(context, request);
    expect(model.personal).toBeNull();
    const weights = await context.blobs.getTensors(model.base);
    expect(new Set(weights.keys())).toEqual(new Set(untrainedWeights(dcgan, 0).keys()));
    for (const name of ['generator.1.running_var', 'discriminator.3.running_mean'])
      expect(weights.has(name)).toBe(true);
  });

  it('is sampled without a diffusion process', async () => {
    const context = stepContext();
    const asked: unknown[] = [];
    const engine = fakeEngine({
      sampler: (settings) => {
        asked.push(settings);
        return fakeEngine().sampler(settings);
      },
    });
    const network = { ...smallDcgan, sampling: null };
    const model = await initialise(context, {
      seed: 1,
      model: network.model,
      init: null,
      personalization: 'none',
    });
    const samples = await generate(stepContext({ store: context.store, engine }), {
      seed: 1,
      network,
      model,
      count: 20,
      purpose: 'global',
      round: 1,
      client: null,
      checkpointSeconds: 60,
    });
    expect((await context.blobs.getTensors(samples)).get('images')!.shape).toEqual([20, 32, 32, 3]);
    expect(asked).toEqual([network]);
  });
});

describe('generate', () => {
  async function untrained() {
    const context = stepContext();
    const model = await initialise(context, {
      seed: 1,
      model: smallNetwork.model,
      init: null,
      personalization: 'lastDecoderBlock',
    });
    const request: GenerateRequest = {
      seed: 1,
      network: {
        ...smallNetwork,
        sampling: { method: 'ddim', steps: 5, spacing: 'leading', eta: 0, clip: true },
      },
      model,
      count: 1200,
      purpose: 'global',
      round: 1,
      client: 0,
      checkpointSeconds: 1e-9,
    };
    return { store: context.store, request };
  }

  it.each([
    ['by the clock', 1e-9],
    ['when it is stopped', 60],
  ])(
    'ends with the same samples after an interruption: pieces are saved %s',
    async (_, checkpointSeconds) => {
      const { store, request: each } = await untrained();
      const request = { ...each, checkpointSeconds };
      const undisturbed = await generate(stepContext({ store }), request);
      const { store: second } = await untrained();
      await expect(generate(stepContext({ store: second, stopAfter: 10 }), request)).rejects.toThrow(
        StepStopped,
      );
      const resumed = stepContext({ store: second });
      expect(await generate(resumed, request)).toEqual(undisturbed);
      expect(resumed.seen[0]!.done).toBe(512 + 64);
    },
  );

  it('draws other noise for another purpose, round and client', async () => {
    const { store, request } = await untrained();
    const variants: Partial<GenerateRequest>[] = [
      {},
      { purpose: 'client' },
      { round: 2 },
      { client: 1 },
      { client: null },
    ];
    const hashes = await Promise.all(
      variants.map(
        async (change) => (await generate(stepContext({ store }), { ...request, count: 20, ...change })).hash,
      ),
    );
    expect(new Set(hashes).size).toBe(variants.length);
  });
});

describe('measure', () => {
  it('finds real images at no distance from themselves and noise far away', async () => {
    const context = stepContext();
    const common = { imageSize: 8, features: smallFeatures, source: 'cifar10' } as const;
    const classifier = await trainClassifier(context, { ...common, seed: 1, checkpointSeconds: 60 });
    expect(classifier.testAccuracy).toBeGreaterThanOrEqual(0);
    expect(classifier.testAccuracy).toBeLessThanOrEqual(1);
    const networks = smallNetworks(classifier.weights);
    const reference = await referenceFeatures(context, { source: 'cifar10', ...networks });
    const request = { ...networks, seed: 1, reference, neighbours: 3 };

    const { test } = await context.data.images('cifar10', 8);
    const blob = (data: Uint8Array) =>
      context.blobs.putTensors(new Map([['images', { shape: [data.length / 192, 8, 8, 3], data }]]));
    const halves = [
      await blob(test.images.subarray(0, 50 * 192)),
      await blob(test.images.subarray(50 * 192)),
    ];
    const real = await measure(context, { ...request, samples: halves });
    expect(real).toMatchObject({ samples: 100, referenceImages: 100, precision: 1, recall: 1 });
    expect(real.fid).toBeCloseTo(0, 6);
    expect(real.classCounts.reduce((sum, count) => sum + count, 0)).toBe(100);

    const noise = Uint8Array.from({ length: 60 * 192 }, (_, k) => Math.imul(k + 1, 0x9e3779b1) >>> 24);
    const fake = await measure(context, { ...request, samples: [await blob(noise)] });
    expect(fake.samples).toBe(60);
    expect(fake.fid).toBeGreaterThan(0.01);
    expect(fake.recall).toBeLessThan(real.recall);
  });
});

describe('training images', () => {
  it('come from one reading of the partition for all clients, and from each store’s own', async () => {
    const context = stepContext();
    const { partition } = await prepare(context, { seed: 3, data: smallData });
    const first = await imagesOf(context.blobs, partition, 0);
    context.store.objects.delete(blobKey(partition));
    expect(await imagesOf(context.blobs, partition, 0)).toEqual(first);
    expect(await imagesOf(context.blobs, partition, 1)).not.toEqual(first);
    await expect(imagesOf(stepContext().blobs, partition, 0)).rejects.toThrow(MissingObject);
  });
});

describe('moving average', () => {
  const weights = (values: number[]) => new Map([['w', { shape: [2, 1], data: Float32Array.from(values) }]]);

  it('moves by its share, parameter by parameter, and is remembered', async () => {
    const context = stepContext();
    const average = await context.blobs.putTensors(weights([1, -2]));
    const newest = await context.blobs.putTensors(weights([3, 2]));
    const request = { average, weights: newest, share: 0.75 };
    const moved = await movingAverage(context, request);
    expect(await context.blobs.getTensors(moved.result)).toEqual(weights([1.5, -1]));
    expect((await movingAverage(context, request)).step).toMatchObject({ key: moved.step.key, reused: true });
    expect((await movingAverage(context, { ...request, share: 0.5 })).step.key).not.toBe(moved.step.key);
  });

  it('refuses weights of another network', async () => {
    const context = stepContext();
    const average = await context.blobs.putTensors(weights([1, -2]));
    const other = await context.blobs.putTensors(new Map([['v', { shape: [2], data: new Float32Array(2) }]]));
    await expect(movingAverage(context, { average, weights: other, share: 0.5 })).rejects.toThrow(
      MismatchedUpdate,
    );
  });
});

describe('grid', () => {
  it('shows images at even distances, row by row, enlarged', async () => {
    const context = stepContext();
    const images = new Uint8Array(200 * 8 * 8 * 3);
    for (let image = 0; image < 200; image++) images.fill(image, image * 192, (image + 1) * 192);
    const samples = [
      await context.blobs.putTensors(new Map([['images', { shape: [200, 8, 8, 3], data: images }]])),
    ];
    const png = await context.blobs.get(await grid(context, { imageSize: 8, samples }));
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([662, 662, 3]);
    // Cells of 64 pixels, two white pixels between them and around all.
    const pixel = (row: number, column: number) => data[((row * 66 + 34) * 662 + column * 66 + 34) * 3];
    expect(data[0]).toBe(255);
    expect([pixel(0, 0), pixel(0, 1), pixel(1, 0), pixel(9, 9)]).toEqual([0, 2, 20, 198]);
  });
});

describe('weightsHash', () => {
  it('changes with every block and its owner', () => {
    const ref = (hash: string) => ({ hash, bytes: 1 });
    const global = ref('a');
    const hashes = [
      weightsHash({ global, personal: [] }),
      weightsHash({ global, personal: [{ client: 0, ref: ref('b') }] }),
      weightsHash({ global, personal: [{ client: 1, ref: ref('b') }] }),
      weightsHash({ global: ref('c'), personal: [] }),
    ];
    expect(new Set(hashes).size).toBe(4);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
