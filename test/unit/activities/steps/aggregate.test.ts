import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate as aggregateStep, type AggregateRequest } from '../../../../activities/steps/aggregate.ts';
import type { Ref } from '../../../../phoenix/federation/records.ts';
import type { StrategySettings } from '../../../../phoenix/federation/strategies/index.ts';
import { groupsOf, treeOf } from '../../../../phoenix/federation/strategies/tree.ts';
import { blobKey, CorruptObject } from '../../../../phoenix/storage/blobs.ts';
import { BLOCK } from '../../../../phoenix/storage/model-streams.ts';
import { resultOf, stepContext } from '../../../helpers/steps.ts';

const aggregate = resultOf(aggregateStep);

/** One client: its weights, number of images and loss. */
interface Client {
  readonly values: readonly number[];
  readonly weight: number;
  readonly loss: number;
}

const moments = { serverLearningRate: 0.1, beta1: 0.9, beta2: 0.99, tau: 1e-3 };
const averaging: StrategySettings[] = [
  { kind: 'fedavg' },
  { kind: 'fedsgd' },
  { kind: 'fedprox', mu: 0.1 },
  { kind: 'fedavgm', serverLearningRate: 0.7, momentum: 0.9 },
  { kind: 'fedadam', ...moments },
  { kind: 'fedyogi', ...moments },
  { kind: 'fedadagrad', serverLearningRate: 0.1, tau: 1e-3 },
  { kind: 'qfedavg', q: 0.5, lipschitz: 10 },
];
const robust: StrategySettings[] = [
  { kind: 'median' },
  { kind: 'trimmedMean', share: 0.2 },
  { kind: 'krum', malicious: 1 },
  { kind: 'multiKrum', malicious: 1, select: 3 },
];
const strategies = [...averaging, ...robust].map((strategy) => [strategy.kind, strategy] as const);

const value = fc.float({ min: -1, max: 1, noNaN: true });
const clients = (least: number, most = least) =>
  fc.array(
    fc.record({
      values: fc.array(value, { minLength: 3, maxLength: 3 }),
      weight: fc.integer({ min: 1, max: 50_000 }),
      loss: fc.double({ min: 0.01, max: 5, noNaN: true }),
    }),
    { minLength: least, maxLength: most },
  );

/** A request in which all that a strategy may look at is there, in a context of its own. */
async function round(strategy: StrategySettings, members: readonly Client[]) {
  const context = stepContext();
  const put = (values: readonly number[]): Promise<Ref> =>
    context.blobs.putTensors(new Map([['w', { shape: [values.length], data: Float32Array.from(values) }]]));
  const updates: AggregateRequest['updates'] = await Promise.all(
    members.map(async ({ values, weight, loss }) => ({ base: await put(values), weight, loss })),
  );
  const global = await put(members[0]!.values.map(() => 0.5));
  const request: AggregateRequest = {
    strategy,
    round: 1,
    global,
    state: {},
    clip: null,
    noiseStd: 0,
    updates,
  };
  const weights = async (ref: Ref) => [...(await context.blobs.getTensors(ref)).get('w')!.data];
  return { context, request, weights };
}

describe.each(strategies)('%s', (_, strategy) => {
  it('gives the same bytes whatever the order in which the models come', async () => {
    await fc.assert(
      fc.asyncProperty(clients(5, 9), fc.array(fc.nat(3)), async (members, delays) => {
        const { context, request } = await round(strategy, members);
        const expected = await aggregate(context, request);
        const again = stepContext({ store: context.store });
        await again.store.delete(`steps/${(await aggregateStep(context, request)).step.key}.json`);
        const open = again.store.open.bind(again.store);
        let opened = 0;
        again.store.open = async (key) => {
          const object = await open(key);
          const late = delays[opened++ % (delays.length || 1)] ?? 0;
          const next = async () => {
            for (let turn = 0; turn < late; turn++) await Promise.resolve();
            return object!.pieces.next();
          };
          return object && { ...object, pieces: { next } };
        };
        const outcome = await aggregateStep(again, request);
        expect(outcome.step.reused).toBe(false);
        expect(outcome.result).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves a model as it is on which all agree', async () => {
    await fc.assert(
      fc.asyncProperty(clients(5, 9), async (members) => {
        const agreed = members.map((member) => ({ ...member, values: [0.5, 0.5, 0.5] }));
        const { context, request, weights } = await round(strategy, agreed);
        expect(await weights((await aggregate(context, request)).model)).toEqual([0.5, 0.5, 0.5]);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(robust.map((strategy) => [strategy.kind, strategy] as const))('%s', (_, strategy) => {
  it('stays between the smallest and the largest client', async () => {
    await fc.assert(
      fc.asyncProperty(clients(5, 9), async (members) => {
        const { context, request, weights } = await round(strategy, members);
        const result = await weights((await aggregate(context, request)).model);
        result.forEach((actual, i) => {
          const values = members.map((member) => member.values[i]!);
          expect(actual).toBeGreaterThanOrEqual(Math.min(...values));
          expect(actual).toBeLessThanOrEqual(Math.max(...values));
        });
      }),
      { numRuns: 20 },
    );
  });

  it('is not moved far by one client that sends anything at all', async () => {
    await fc.assert(
      fc.asyncProperty(clients(6), fc.integer({ min: 1, max: 10 }), async (members, power) => {
        const outlier = { values: [10 ** power, -(10 ** power), 10 ** power], weight: 50_000, loss: 1 };
        const { context, request, weights } = await round(strategy, [...members, outlier]);
        const result = await weights((await aggregate(context, request)).model);
        for (const actual of result) expect(Math.abs(actual)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('is no tree', () => expect(treeOf(strategy)).toBeNull());
});

describe.each(averaging.map((strategy) => [strategy.kind, strategy] as const))('%s', (_, strategy) => {
  it('as a tree is the same but for rounding', async () => {
    await fc.assert(
      fc.asyncProperty(clients(33, 70), async (members) => {
        const { context, request, weights } = await round(strategy, members);
        const { groups, root } = treeOf(strategy)!;
        const averages = await Promise.all(
          groupsOf(request.updates).map((updates) =>
            aggregate(context, { ...request, strategy: groups, updates }),
          ),
        );
        expect(averages.length).toBe(members.length > 64 ? 3 : 2);
        const tree = await aggregate(context, {
          ...request,
          strategy: root,
          updates: averages.map(({ model, weight }) => ({ base: model, weight, loss: null })),
        });
        const flat = await aggregate(context, request);
        expect(tree.weight / flat.weight).toBeCloseTo(1, 12);
        const expected = await weights(flat.model);
        (await weights(tree.model)).forEach((actual, i) => expect(actual).toBeCloseTo(expected[i]!, 6));
      }),
      { numRuns: 10 },
    );
  });
});

describe('the step', () => {
  const members = [1, 5].map((first, k) => ({ values: [first, 2 * first], weight: 1 + 2 * k, loss: 1 }));

  it('keeps shapes, over the ends of blocks too', async () => {
    const context = stepContext();
    const model = (value: number) =>
      new Map([
        ['a', { shape: [1], data: Float32Array.of(-value) }],
        ['b', { shape: [BLOCK, 2], data: new Float32Array(2 * BLOCK).fill(value) }],
      ]);
    const updates = [
      { base: await context.blobs.putTensors(model(1)), weight: 1, loss: null },
      { base: await context.blobs.putTensors(model(5)), weight: 3, loss: null },
    ];
    const request: AggregateRequest = {
      strategy: { kind: 'fedavg' },
      round: null,
      global: null,
      state: {},
      clip: null,
      noiseStd: 0,
      updates,
    };
    expect(await aggregate(context, request)).toEqual({
      model: await context.blobs.putTensors(model(4)),
      weight: 4,
      state: {},
    });
  });

  it('keeps what the server needs in the next round', async () => {
    const { context, request, weights } = await round(
      { kind: 'fedavgm', serverLearningRate: 1, momentum: 0.5 },
      members,
    );
    const first = await aggregate(context, request);
    // x − average = 0.5 − 4 and 0.5 − 8
    expect(await weights(first.state['m']!)).toEqual([-3.5, -7.5]);
    expect(await weights(first.model)).toEqual([4, 8]);
    const second = await aggregate(context, {
      ...request,
      round: 2,
      global: first.model,
      state: first.state,
    });
    expect(await weights(second.state['m']!)).toEqual([-1.75, -3.75]);
    expect(await weights(second.model)).toEqual([5.75, 11.75]);
  });

  it('uses no damaged model, and has no result then', async () => {
    const { context, request } = await round({ kind: 'fedavg' }, members);
    const key = blobKey(request.updates[1]!.base);
    context.store.damage(key, context.store.objects.get(key)!.length - 1);
    await expect(aggregateStep(context, request)).rejects.toThrow(CorruptObject);
    expect(context.store.keys('steps/').filter((one) => one.endsWith('.json') && !one.includes('progress'))).toEqual([]); // prettier-ignore
    expect(context.store.objects.has(key)).toBe(false);
  });

  it.each([0, -1, NaN, Infinity])('takes no weight of %d', async (weight) => {
    const { context, request } = await round({ kind: 'fedavg' }, members);
    const [update] = request.updates;
    const wrong = { ...request, updates: [{ ...update!, weight }] };
    // NaN and infinities are no JSON in the first place.
    await expect(aggregate(context, wrong)).rejects.toThrow(Number.isFinite(weight) ? RangeError : /JSON/);
  });

  it('is what a single participant has sent, byte for byte', async () => {
    const context = stepContext();
    const data = Float32Array.from({ length: 4000 }, (_, k) => Math.sin(k) * 10 ** ((k % 60) - 40));
    const base = await context.blobs.putTensors(new Map([['w', { shape: [4000], data }]]));
    const { model } = await aggregate(context, {
      strategy: { kind: 'fedavg' },
      round: null,
      global: null,
      state: {},
      clip: null,
      noiseStd: 0,
      updates: [{ base, weight: 50_000, loss: null }],
    });
    expect(model).toEqual(base);
  });

  it('takes no client at all for an error', async () => {
    const { context, request } = await round({ kind: 'fedavg' }, members);
    await expect(aggregate(context, { ...request, updates: [] })).rejects.toThrow('at least one client');
  });
});
