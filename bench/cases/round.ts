/** A server round of ten clients that train nothing: what orchestration, storage and averaging take. */
import { Client, Connection } from '@temporalio/client';
import { partitionTensors } from '../../phoenix/data/stored-partition.ts';
import { emptyLedger } from '../../phoenix/federation/strikes.ts';
import { Blobs } from '../../phoenix/storage/blobs.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import type { round, RoundInput } from '../../workflows/round.ts';
import type { Setting } from '../benchmark.ts';
import { resolved } from '../round/resolved.ts';
import { startStack } from '../round/stack.ts';
import { timedAsync, type Measured } from './measured.ts';

const CLIENTS = 10;

const experiment = resolved({
  name: 'bench',
  data: { imageSize: 8, clients: CLIENTS },
  training: { steps: 1, batchSize: 1 },
  federation: { personalization: 'none' },
  // As little as there can be: the peer measures no samples.
  evaluation: { samples: 20 },
  features: { kind: 'classifier', dimensions: 2 },
});

export async function prepare({ parameters }: Setting): Promise<Measured> {
  const stack = await startStack();
  const store = new ObjectStore(stack.storage);
  const connection = await Connection.connect({ address: stack.address });
  const { workflow } = new Client({ connection });
  const input = await firstRound(new Blobs(store), parameters!);
  const permanent = new Set(await keysIn(store));

  let rounds = 0;
  return {
    run: async () => {
      const number = ++rounds;
      const args: [RoundInput] = [{ ...input, round: number }];
      const options = { taskQueue: CPU_QUEUE, workflowId: `bench/round-${number}`, args };
      const seconds = await timedAsync(() => workflow.execute<typeof round>('round', options));
      for (const key of await keysIn(store)) if (!permanent.has(key)) await store.delete(key);
      return seconds;
    },
    close: async () => {
      store.close();
      await connection.close();
      await stack.stop();
    },
  };
}

/** What a round begins with; the steps of different rounds are different by their seeds. */
async function firstRound(blobs: Blobs, parameters: number): Promise<RoundInput> {
  const weights = Float32Array.from({ length: parameters }, (_, at) => Math.sin(at));
  const labels = Uint8Array.from({ length: 100 }, (_, image) => image % 10);
  const features = Float32Array.from({ length: 200 }, (_, at) => Math.cos(at));
  const partition = {
    clients: Array.from({ length: CLIENTS }, (_, client) => ({
      own: Int32Array.of(client),
      shared: new Int32Array(),
      noise: 0,
    })),
    shared: new Int32Array(),
  };
  return {
    experiment,
    round: 0,
    partition: await blobs.putTensors(partitionTensors(partition)),
    yardstick: {
      extractor: await blobs.putTensors(
        new Map([['classes.bias', { shape: [10], data: new Float32Array(10) }]]),
      ),
      reference: await blobs.putTensors(
        new Map([
          ['standard', { shape: [100, 2], data: features }],
          ['logits', { shape: [100, 10], data: new Float32Array(1000) }],
          ['labels', { shape: [100], data: labels }],
          ['truth', { shape: [100], data: labels }],
        ]),
      ),
    },
    base: await blobs.putTensors(new Map([['weights', { shape: [parameters], data: weights }]])),
    serverState: {},
    clients: Array.from({ length: CLIENTS }, (_, client) => ({ client, images: 1, personal: null })),
    ema: null,
    ledger: emptyLedger(CLIENTS),
    isLast: true,
  };
}

async function keysIn(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}
