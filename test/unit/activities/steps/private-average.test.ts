/** The average with clipping and noise: what comes out, that it comes out once only, and that its seed stays secret. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, type AggregateRequest } from '../../../../activities/steps/aggregate.ts';
import { addGaussian } from '../../../../phoenix/noise/gaussian.ts';
import { BLOCK } from '../../../../phoenix/storage/model-streams.ts';
import { findSeed, seedKey } from '../../../../phoenix/storage/noise-seeds.ts';
import { manifestKey } from '../../../../phoenix/storage/steps.ts';
import { MemoryStore } from '../../../helpers/memory-store.ts';
import { ownerNamed, stepContext } from '../../../helpers/steps.ts';

type Context = ReturnType<typeof stepContext>;

const modelOf = (values: ArrayLike<number>) =>
  new Map([['w', { shape: [values.length], data: Float32Array.from(values) }]]);

async function requestFor(
  { blobs }: Context,
  global: ArrayLike<number>,
  clients: readonly (readonly [weight: number, values: ArrayLike<number>])[],
  rest: Pick<AggregateRequest, 'clip' | 'noiseStd'>,
): Promise<AggregateRequest> {
  return {
    strategy: { kind: 'fedavg' },
    round: null,
    global: await blobs.putTensors(modelOf(global)),
    state: {},
    ...rest,
    updates: await Promise.all(
      clients.map(async ([weight, values]) => ({
        base: await blobs.putTensors(modelOf(values)),
        weight,
        loss: null,
      })),
    ),
  };
}

const weightsOf = async ({ blobs }: Context, { result }: Awaited<ReturnType<typeof aggregate>>) => [
  ...(await blobs.getTensors(result.model)).get('w')!.data,
];

const twoClients = [
  [1, [1, 2, 3]],
  [3, [0, 1, -1]],
] as const;

describe('an average of clipped updates', () => {
  it('scales down what is too long, and weighs as before', async () => {
    const context = stepContext();
    const clients = [
      [1, [4, 1]],
      [3, [1, 2]],
    ] as const;
    // Updates [3, 0] → [1.5, 0] and [0, 1], from [1, 1].
    const request = await requestFor(context, [1, 1], clients, { clip: 1.5, noiseStd: 0 });
    const outcome = await aggregate(context, request);
    expect(await weightsOf(context, outcome)).toEqual([1.375, 1.75]);
    expect(outcome.result.weight).toBe(4);
  });

  it('is never further from the global model than the largest norm, and the plain average where all are short', async () => {
    const value = fc.float({ min: -100, max: 100, noNaN: true });
    const vector = fc.array(value, { minLength: 4, maxLength: 4 });
    const client = fc.tuple(fc.integer({ min: 1, max: 50_000 }), vector);
    await fc.assert(
      fc.asyncProperty(
        vector,
        fc.array(client, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        async (global, clients, clip) => {
          const context = stepContext();
          const average = async (norm: number | null) => {
            const request = await requestFor(context, global, clients, { clip: norm, noiseStd: 0 });
            return weightsOf(context, await aggregate(context, request));
          };
          const distance = Math.hypot(...(await average(clip)).map((weight, i) => weight - global[i]!));
          expect(distance).toBeLessThan(clip + 1e-4);
          expect(await average(1000)).toEqual(await average(null));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses an update without a length', async () => {
    const context = stepContext();
    const request = await requestFor(context, [1], [[1, [Infinity]]], { clip: 1, noiseStd: 0 });
    await expect(aggregate(context, request)).rejects.toThrow('the norm of an update is Infinity');
  });
});

describe('an average with noise', () => {
  const noised = { clip: 10, noiseStd: 0.25 };

  it('is the average with the numbers of its seed added, in whatever blocks it is computed', async () => {
    const context = stepContext();
    const values = Float32Array.from({ length: BLOCK + 5 }, (_, i) => i % 7);
    const plain = { clip: null, noiseStd: 0 };
    const without = await requestFor(context, values, [[2, values]], plain);
    const average = await weightsOf(context, await aggregate(context, without));
    const outcome = await aggregate(context, { ...without, noiseStd: 0.25 });
    const expected = Float64Array.from(average);
    addGaussian(expected, (await findSeed(context.store, outcome.step.key))!, 0, 0.25);
    expect(await weightsOf(context, outcome)).toEqual([...Float32Array.from(expected)]);
  });

  /** Fails at the first write that `fails` says, as if the worker were killed there. */
  class DyingStore extends MemoryStore {
    fails: (key: string) => boolean = () => false;

    override async put(...args: Parameters<MemoryStore['put']>): Promise<string | null> {
      if (this.fails(args[0])) throw new Error('killed');
      return super.put(...args);
    }
  }

  it.each([
    ['before the average is written', (key: string) => key.startsWith('blobs/')],
    ['before it is remembered', (key: string) => /^steps\/[0-9a-f]+\.json$/.test(key)],
  ])('that was killed %s is the same when it is repeated', async (_, fails) => {
    const store = new DyingStore();
    const context = stepContext({ store });
    const request = await requestFor(context, [0, 0, 0], twoClients, noised);
    store.fails = fails;
    await expect(aggregate(context, request)).rejects.toThrow('killed');
    const [drawn] = store.keys('secrets/');
    const seed = await store.get(drawn!);
    store.fails = () => false;

    const second = await aggregate({ ...context, owner: ownerNamed('run-1', 2) }, request);
    expect(second.step).toMatchObject({ reused: false });
    expect(store.keys('secrets/')).toEqual([seedKey(second.step.key)]);
    expect(await store.get(drawn!)).toEqual(seed);
    // A third time, as if the result had been lost: the same bytes from the same seed.
    await store.delete(manifestKey(second.step.key));
    expect((await aggregate(context, request)).result).toEqual(second.result);
  });

  it('is another one in another store, and with other settings', async () => {
    const models: unknown[] = [];
    for (const noiseStd of [0.25, 0.25, 0.5]) {
      const context = stepContext();
      const request = await requestFor(context, [0, 0, 0], twoClients, { clip: 10, noiseStd });
      models.push((await aggregate(context, request)).result.model.hash);
    }
    expect(new Set(models).size).toBe(3);
    const context = stepContext();
    for (const noiseStd of [0, 0.25, 0.5]) {
      await aggregate(context, await requestFor(context, [0, 0, 0], twoClients, { clip: 10, noiseStd }));
    }
    expect(context.store.keys('secrets/')).toHaveLength(2);
  });

  it('leaves its seed nowhere else', async () => {
    const context = stepContext();
    const request = await requestFor(context, [0, 0, 0], twoClients, noised);
    const outcome = await aggregate(context, request);
    const { key } = outcome.step;
    const seed = Buffer.from((await findSeed(context.store, key))!);
    const forms = [seed, seed.toString('hex'), seed.toString('base64')];
    expect(JSON.stringify(outcome)).not.toContain(forms[1]);
    for (const [name, body] of context.store.objects) {
      if (name === seedKey(key)) continue;
      for (const form of forms) expect(Buffer.from(body).includes(form), name).toBe(false);
    }
  });
});
