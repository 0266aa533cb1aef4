import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { StepStopped } from '../../../../activities/steps/context.ts';
import {
  initialise as initialiseStep,
  type InitialiseRequest,
} from '../../../../activities/steps/initialise.ts';
import { loadModel } from '../../../../activities/steps/models.ts';
import { prepare as prepareStep, type Prepared } from '../../../../activities/steps/prepare.ts';
import {
  train as trainStep,
  type ClientStrategy,
  type TrainRequest,
} from '../../../../activities/steps/train.ts';
import { splitParameters, type PersonalizationRule } from '../../../../phoenix/federation/personal.ts';
import type { ModelRef, Ref } from '../../../../phoenix/federation/records.ts';
import type { ProximalSettings } from '../../../../phoenix/engine/proximal.ts';
import { unetParameters } from '../../../../phoenix/models/unet-parameters.ts';
import type { Tensor, Tensors } from '../../../../phoenix/storage/safetensors.ts';
import { fakeEngine, FakeTrainer } from '../../../helpers/fake-engine.ts';
import { MemoryStore } from '../../../helpers/memory-store.ts';
import { resultOf, smallData, smallDcgan, smallNetwork, stepContext } from '../../../helpers/steps.ts';

const initialise = resultOf(initialiseStep);
const prepare = resultOf(prepareStep);
const train = resultOf(trainStep);

/** Data and initial weights, made once; every test trains in a copy. */
const origin = new MemoryStore();
let prepared: Prepared;
let initial: ModelRef;

beforeAll(async () => {
  prepared = await prepare(stepContext({ store: origin }), { seed: 1, data: smallData });
  initial = await initialise(stepContext({ store: origin }), initialisation);
});

const initialisation: InitialiseRequest = {
  seed: 1,
  model: smallNetwork.model,
  init: null,
  personalization: 'lastDecoderBlock',
};

function freshStore(): MemoryStore {
  const store = new MemoryStore();
  for (const [key, body] of origin.objects) store.objects.set(key, body);
  return store;
}

const request = (changes: Partial<TrainRequest> = {}): TrainRequest => ({
  seed: 1,
  source: 'cifar10',
  network: smallNetwork,
  training: {
    learningRate: 0.001,
    schedule: { kind: 'cosine', warmupSteps: 5 },
    batchSize: 16,
    epochs: null,
    steps: 30,
    clipNorm: null,
    flip: true,
    crop: 0,
    precision: 'float32',
  },
  strategy: null,
  personalization: 'lastDecoderBlock',
  partition: prepared.partition,
  client: 1,
  round: 1,
  incoming: initial,
  checkpointSeconds: 3600,
  ...changes,
});

describe('train', () => {
  it.each<ClientStrategy | null>([null, { kind: 'fedprox', mu: 0.1 }, { kind: 'fedsgd' }])(
    'ends with the same record wherever it was interrupted, once or twice: %o',
    async (strategy) => {
      const asked = request({ strategy });
      const undisturbed = await train(stepContext({ store: freshStore() }), asked);
      // FedSGD is through after one pass.
      const steps = strategy?.kind === 'fedsgd' ? Math.floor(undisturbed.examples / 16) : 29;
      const stop = fc.integer({ min: 1, max: steps });
      await fc.assert(
        fc.asyncProperty(stop, stop, async (one, two) => {
          const store = freshStore();
          for (const stopAfter of [one, two]) {
            // The second attempt may be through before its stop comes.
            await train(stepContext({ store, stopAfter }), asked).catch((error: unknown) =>
              expect(error).toBeInstanceOf(StepStopped),
            );
          }
          expect(await train(stepContext({ store }), asked)).toEqual(undisturbed);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('holds with FedProx what is averaged, by the weights that the round began with', async () => {
    const held: { parameters: string[]; global: Tensors }[] = [];
    const engine = fakeEngine({
      trainer: async ({ strategy }) => {
        const trainer = new FakeTrainer();
        const setGlobal = trainer.setGlobal.bind(trainer);
        trainer.setGlobal = (global) => {
          held.push({ parameters: [...(strategy as ProximalSettings).parameters], global });
          setGlobal(global);
        };
        return trainer;
      },
    });
    const context = stepContext({ store: freshStore(), engine, stopAfter: 20 });
    const strategy = { kind: 'fedprox', mu: 0.1 } as const;
    await expect(train(context, request({ strategy }))).rejects.toThrow(StepStopped);
    await train({ ...context, stopRequested: () => false }, request({ strategy }));
    // The second attempt went on from a checkpoint: what holds it is the same.
    const base = await context.blobs.getTensors(initial.base);
    expect(held).toEqual([1, 2].map(() => ({ parameters: [...base.keys()], global: base })));
  });

  it('sees every image once with FedSGD, in shares that add up to one, and steps at the end', async () => {
    const batches: { indices: number[]; rate: number; loss: number }[] = [];
    const rates: number[] = [];
    class Watched extends FakeTrainer {
      override step(...[indices, seed, rate]: Parameters<FakeTrainer['step']>): number {
        const loss = super.step(indices, seed, rate);
        batches.push({ indices: [...indices], rate, loss });
        return loss;
      }
      override finish(rate: number): void {
        rates.push(rate);
        super.finish(rate);
      }
    }
    const engine = fakeEngine({ trainer: async () => new Watched() });
    const context = stepContext({ store: freshStore(), engine });
    const record = await train(context, request({ strategy: { kind: 'fedsgd' } }));
    const { examples } = record;
    const steps = Math.ceil(examples / 16);
    expect(examples % 16).not.toBe(0);
    expect(batches.map(({ indices }) => indices.length)).toEqual([
      ...Array.from({ length: steps - 1 }, () => 16),
      examples % 16,
    ]);
    expect(batches.flatMap(({ indices }) => indices).toSorted((a, b) => a - b)).toEqual([
      ...Array(examples).keys(),
    ]);
    for (const { indices, rate } of batches) expect(rate).toBe(indices.length / examples);
    expect(rates).toEqual([0.001]);
    const loss = batches.reduce((sum, each) => sum + each.rate * each.loss, 0);
    expect(record).toMatchObject({ steps: 1, firstLoss: loss, lastLoss: loss });
  });

  it('trains and resumes a DCGAN like any network, and keeps nothing of it from the average', async () => {
    const personalization = 'none';
    const { model } = smallDcgan;
    const trained = async (...stops: number[]) => {
      const store = freshStore();
      const { blobs } = stepContext({ store });
      const incoming = await initialise(stepContext({ store }), {
        seed: 1,
        model,
        init: null,
        personalization,
      });
      const dcgan = request({ network: smallDcgan, personalization, incoming });
      for (const stopAfter of stops)
        await expect(train(stepContext({ store, stopAfter }), dcgan)).rejects.toThrow(StepStopped);
      return { record: await train(stepContext({ store }), dcgan), incoming, blobs };
    };
    const { record, incoming, blobs } = await trained(7, 11);
    expect(record).toEqual((await trained()).record);
    expect(record.model.personal).toBeNull();
    const namesIn = async (ref: Ref) => [...(await blobs.getTensors(ref)).keys()];
    expect(await namesIn(record.model.base)).toEqual(await namesIn(incoming.base));
  });

  it('goes on from its checkpoint instead of from the start', async () => {
    const store = freshStore();
    await expect(train(stepContext({ store, stopAfter: 20 }), request())).rejects.toThrow(StepStopped);
    const second = stepContext({ store });
    await train(second, request());
    expect(second.seen.map(({ done }) => done)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect(second.seen[0]).toMatchObject({ total: 30, loss: expect.any(Number) });
    expect(store.keys().filter((key) => key.includes('/state/'))).toEqual([]);
  });

  it('takes checkpoints by the clock, which change nothing', async () => {
    const store = freshStore();
    const saved = new Set<string>();
    const put = store.put.bind(store);
    store.put = (key, body, options) => {
      if (key.includes('/state/')) saved.add(key);
      return put(key, body, options);
    };
    const often = await train(stepContext({ store }), request({ checkpointSeconds: 0 }));
    expect(saved.size).toBeGreaterThan(0);
    expect(often).toEqual(await train(stepContext({ store: freshStore() }), request()));
  });

  it('is not computed a second time', async () => {
    const store = freshStore();
    const first = await train(stepContext({ store }), request());
    const again = stepContext({ store });
    expect(await train(again, request())).toEqual(first);
    expect(again.seen).toEqual([]);
  });

  it.each<Partial<TrainRequest['training']>>([
    { learningRate: 0.002 },
    { schedule: { kind: 'linear', warmupSteps: 5 } },
    { schedule: { kind: 'cosine', warmupSteps: 6 } },
    { batchSize: 8 },
    { steps: 31 },
    { clipNorm: 1 },
    { flip: false },
    { crop: 2 },
    { precision: 'bfloat16' },
  ])('is computed again for %o', async (change) => {
    const store = freshStore();
    await train(stepContext({ store }), request());
    const again = stepContext({ store });
    await train(again, request({ training: { ...request().training, ...change } }));
    expect(again.seen.length).toBeGreaterThan(0);
  });

  it('learns along the schedule of the learning rate', async () => {
    const kinds = ['constant', 'linear', 'cosine'] as const;
    const weights = await Promise.all(
      kinds.map(async (kind) => {
        const training = { ...request().training, schedule: { kind, warmupSteps: 0 } };
        const { model } = await train(stepContext({ store: freshStore() }), request({ training }));
        return model.base.hash;
      }),
    );
    expect(new Set(weights).size).toBe(kinds.length);
  });

  it('weighs a client by its own and its shared images, and trains epochs over all of them', async () => {
    const { ownImages, sharedImages } = prepared.clients[1]!;
    const training = { ...request().training, epochs: 2, steps: null };
    const record = await train(stepContext({ store: freshStore() }), request({ training }));
    expect(record.examples).toBe(ownImages + sharedImages);
    expect(record.steps).toBe(Math.ceil((2 * record.examples) / 16));
  });

  it('keeps the last decoder block apart from what is averaged', async () => {
    const context = stepContext({ store: freshStore() });
    const { model } = await train(context, request());
    const base = [...(await context.blobs.getTensors(model.base)).keys()];
    const personal = [...(await context.blobs.getTensors(model.personal!)).keys()];
    expect(personal.length).toBeGreaterThan(0);
    expect(personal.every((name) => name.startsWith('up_blocks.1.'))).toBe(true);
    expect(base.some((name) => name.startsWith('up_blocks.1.'))).toBe(false);
    expect(new Set([...base, ...personal])).toEqual(
      new Set((await loadModel(context.blobs, initial)).keys()),
    );
  });

  it.each<{ personalization: PersonalizationRule }>([
    { personalization: 'lastDecoderBlock' },
    { personalization: ['conv_out.*', '*.attentions.*.to_q.weight'] },
  ])('sends no byte of what is personal: $personalization', async ({ personalization }) => {
    const context = stepContext({ store: freshStore() });
    const incoming = await initialise(context, { ...initialisation, personalization });
    const { model } = await train(context, request({ personalization, incoming }));
    const names = [...unetParameters(smallNetwork.model).keys()];
    const { base, personal } = splitParameters(names, personalization);
    const before = await context.blobs.getTensors(incoming.personal!);
    const after = await context.blobs.getTensors(model.personal!);
    expect([...after.keys()]).toEqual(personal.toSorted());

    // What is sent is what `aggregate` is given: the object as it is in the store, decoded, and its raw bytes.
    const sent = Buffer.from(await context.blobs.get(model.base));
    const decoded = await context.blobs.getTensors(model.base);
    expect([...decoded.keys()]).toEqual(base.toSorted());
    const isSent = ({ data }: Tensor) =>
      sent.includes(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    for (const [name, tensor] of [...before, ...after]) {
      expect(sent.includes(name)).toBe(false);
      // Biases and gains begin as zeros and ones in all layers, and are told apart by their names alone.
      if (tensor.shape.length > 1) expect(isSent(tensor), name).toBe(false);
    }
    // A search that finds what is there.
    for (const [name, tensor] of decoded) expect(sent.includes(name) && isSent(tensor), name).toBe(true);
  });

  it('gives other weights to another client, round, seed and starting point', async () => {
    const store = freshStore();
    const other = await train(stepContext({ store }), request({ client: 0 }));
    const records = [
      other,
      await train(stepContext({ store }), request()),
      await train(stepContext({ store }), request({ round: 2 })),
      await train(stepContext({ store }), request({ seed: 2 })),
      await train(stepContext({ store }), request({ incoming: other.model })),
      await train(stepContext({ store }), request({ client: null, round: 0 })),
    ];
    expect(new Set(records.map(({ model }) => model.base.hash)).size).toBe(records.length);
  });

  it('is shared by runs that differ only in what does not concern it', async () => {
    // The warm-up sees G; how much of G the clients get is decided elsewhere (paper, table 3: α varies, β stays).
    const store = freshStore();
    const sharing = { ...smallData.sharing, alpha: 100 };
    const otherAlpha = await prepare(stepContext({ store }), { seed: 1, data: { ...smallData, sharing } });
    expect(otherAlpha.partition).not.toEqual(prepared.partition);
    await train(stepContext({ store }), request({ client: null, round: 0 }));
    const second = stepContext({ store });
    await train(second, request({ client: null, round: 0, partition: otherAlpha.partition }));
    expect(second.seen).toEqual([]);
  });

  it('ends at its target, with the same record wherever it was interrupted', async () => {
    // The losses of the undisturbed training say which target is met first by the mean of steps 11 to 15.
    const losses: number[] = [];
    const whole = stepContext({ store: freshStore() });
    await train(
      { ...whole, progress: ({ loss }) => losses.push(loss!) },
      request({ client: null, round: 0 }),
    );
    const mean = (from: number) => losses.slice(from, from + 5).reduce((sum, loss) => sum + loss, 0) / 5;
    const looks = [0, 5, 10, 15, 20, 25].map(mean);
    const lowest = Math.min(...looks);
    const until = { untilLoss: { target: lowest, every: 5 }, client: null, round: 0 };
    const undisturbed = await train(stepContext({ store: freshStore() }), request(until));
    const expected = 5 * (looks.indexOf(lowest) + 1);
    expect(undisturbed).toMatchObject({ steps: expected, reached: true });
    for (const stopAfter of [1, 3, 5, 8]) {
      const store = freshStore();
      await train(stepContext({ store, stopAfter }), request(until)).catch((error: unknown) =>
        expect(error).toBeInstanceOf(StepStopped),
      );
      expect(await train(stepContext({ store }), request(until))).toEqual(undisturbed);
    }
  });

  it('says that a target was not met', async () => {
    const until = { untilLoss: { target: 1e-30, every: 5 }, client: null, round: 0 };
    const record = await train(stepContext({ store: freshStore() }), request(until));
    expect(record).toMatchObject({ steps: 30, reached: false });
  });

  it('is another training in another part of the warm-up', async () => {
    const store = freshStore();
    const records = [0, 1].map((round) => train(stepContext({ store }), request({ client: null, round })));
    const [first, second] = await Promise.all(records);
    expect(first!.model.base).not.toEqual(second!.model.base);
  });

  describe('under feature skew', () => {
    const noisy = { ...smallData, partition: { kind: 'feature', noise: 0.3 } } as const;

    /** What the engine is given to train on: uint8 [n, 8, 8, 3]. */
    async function seenBy(changes: Partial<TrainRequest>): Promise<Uint8Array> {
      let seen = new Uint8Array();
      class Looking extends FakeTrainer {
        override setImages(images: Uint8Array): void {
          seen = images.slice();
          super.setImages(images);
        }
      }
      const engine = fakeEngine({ trainer: async () => new Looking() });
      await train(stepContext({ store: freshStore(), engine }), request(changes));
      return seen;
    }

    it('sees its own images through its noise, the same in every round, and shared ones as they are', async () => {
      const { partition, clients } = await prepare(stepContext({ store: origin }), { seed: 1, data: noisy });
      const iid = { ...smallData, partition: { kind: 'iid' } } as const;
      const clean = await prepare(stepContext({ store: origin }), { seed: 1, data: iid });
      const changes = async (client: number) => {
        const [seen, again, plain] = await Promise.all([
          seenBy({ partition, client }),
          seenBy({ partition, client, round: 2 }),
          seenBy({ partition: clean.partition, client }),
        ]);
        expect(again).toEqual(seen);
        const own = clients[client]!.ownImages * 192;
        expect(seen.subarray(own)).toEqual(plain.subarray(own));
        return seen.subarray(0, own).reduce((sum, value, k) => sum + Math.abs(value - plain[k]!), 0) / own;
      };
      // Levels 0.1, 0.2 and 0.3; the mean of |N(0, σ)| is 0.8 σ, less what is clipped.
      const means = [await changes(0), await changes(1), await changes(2)];
      means.forEach((value, client) => {
        expect(value).toBeGreaterThan(0.6 * 255 * 0.1 * (client + 1));
        expect(value).toBeLessThan(0.8 * 255 * 0.1 * (client + 1));
      });
    });

    it('is a step of its own', async () => {
      const store = freshStore();
      const { partition } = await prepare(stepContext({ store }), { seed: 1, data: noisy });
      const louder = { ...noisy, partition: { kind: 'feature', noise: 0.4 } } as const;
      const other = await prepare(stepContext({ store }), { seed: 1, data: louder });
      await train(stepContext({ store }), request({ partition }));
      const again = stepContext({ store });
      await train(again, request({ partition: other.partition }));
      expect(again.seen).not.toEqual([]);
    });
  });

  it('says when training diverges', async () => {
    class Diverging extends FakeTrainer {
      override step(...step: Parameters<FakeTrainer['step']>): number {
        const [, [, position]] = step;
        return position < 5 ? super.step(...step) : Number.NaN;
      }
    }
    const engine = fakeEngine({ trainer: async () => new Diverging() });
    const attempt = train(stepContext({ store: freshStore(), engine }), request());
    await expect(attempt).rejects.toMatchObject({ name: 'TrainingDiverged', step: 5 });
  });
});
