/** What strategies change at the clients, with the real engine: from the step's request to the stored weights. */
import { beforeAll, describe, expect, it } from 'vitest';
import { StepStopped } from '../../../../activities/steps/context.ts';
import { initialise as initialiseStep } from '../../../../activities/steps/initialise.ts';
import { loadModel } from '../../../../activities/steps/models.ts';
import { prepare as prepareStep } from '../../../../activities/steps/prepare.ts';
import {
  train as trainStep,
  type ClientStrategy,
  type TrainRequest,
} from '../../../../activities/steps/train.ts';
import type { ModelRef } from '../../../../phoenix/federation/records.ts';
import { compiledEngine } from '../../../../workers/compiled-engine.ts';
import { MemoryStore } from '../../../helpers/memory-store.ts';
import { resultOf, smallData, smallNetwork, stepContext } from '../../../helpers/steps.ts';

const initialise = resultOf(initialiseStep);
const prepare = resultOf(prepareStep);
const train = resultOf(trainStep);

const origin = new MemoryStore();
const personalization = 'lastDecoderBlock';
let request: (changes: Partial<TrainRequest>) => TrainRequest;
let incoming: ModelRef;

beforeAll(async () => {
  const context = stepContext({ store: origin });
  const { partition } = await prepare(context, { seed: 1, data: smallData });
  const { model } = smallNetwork;
  const averaged = await initialise(context, { seed: 1, model, init: null, personalization });
  const own = await initialise(context, { seed: 2, model, init: null, personalization });
  incoming = { base: averaged.base, personal: own.personal };
  request = (changes) => ({
    seed: 1,
    source: 'cifar10',
    network: smallNetwork,
    training: {
      learningRate: 0.01,
      schedule: { kind: 'constant', warmupSteps: 0 },
      batchSize: 32,
      epochs: null,
      steps: 6,
      clipNorm: null,
      flip: true,
      crop: 0,
      precision: 'float32',
    },
    strategy: null,
    personalization,
    partition,
    client: 1,
    round: 2,
    incoming,
    checkpointSeconds: 3600,
    ...changes,
  });
});

const freshContext = (stopAfter = Infinity, store = new MemoryStore()) => {
  for (const [key, body] of origin.objects) store.objects.set(key, body);
  return stepContext({ store, stopAfter, engine: compiledEngine() });
};

/** Euclidean distances between the weights before and after, of the averaged and the personal part. */
async function moved(strategy: ClientStrategy | null): Promise<{ base: number; personal: number }> {
  const context = freshContext();
  const { model } = await train(context, request({ strategy }));
  const distance = async (part: keyof ModelRef): Promise<number> => {
    const before = await context.blobs.getTensors(incoming[part]!);
    let squares = 0;
    for (const [name, { data }] of await context.blobs.getTensors(model[part]!))
      data.forEach((weight, k) => (squares += (weight - before.get(name)!.data[k]!) ** 2));
    return Math.sqrt(squares);
  };
  return { base: await distance('base'), personal: await distance('personal') };
}

describe.each<ClientStrategy>([{ kind: 'fedprox', mu: 5 }, { kind: 'fedsgd' }])('$kind', (strategy) => {
  it('ends with the same bytes after an interruption, in another process’s engine', async () => {
    const asked = request({ strategy });
    const undisturbed = await train(freshContext(), asked);
    const first = freshContext(2);
    await expect(train(first, asked)).rejects.toThrow(StepStopped);
    const second = freshContext(Infinity, first.store);
    expect(await train(second, asked)).toEqual(undisturbed);
    expect(second.seen[0]!.done).toBe(3);
    const weights = await loadModel(second.blobs, undisturbed.model);
    expect(weights).not.toEqual(await loadModel(second.blobs, incoming));
  });
});

describe('FedProx', () => {
  it('keeps what is averaged nearer to where it began than Adam alone, and lets personal layers go', async () => {
    const held = await moved({ kind: 'fedprox', mu: 50 });
    const free = await moved(null);
    expect(held.base).toBeLessThan(0.8 * free.base);
    expect(held.personal).toBeGreaterThan(0.8 * free.personal);
  });
});
