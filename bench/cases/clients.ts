/** A federation of 1,000 clients that train nothing: what each of them costs, and whether anything grows with the rounds. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { hashSettings } from '../../phoenix/config/load.ts';
import type { experiment as experimentWorkflow } from '../../workflows/experiment.ts';
import { roundId } from '../../workflows/labels.ts';
import { CPU_QUEUE } from '../../workflows/queues.ts';
import { resolved } from '../round/resolved.ts';
import { startStack, type TemporaryStack } from '../round/stack.ts';
import { timedAsync, type Measured } from './measured.ts';

const CLIENTS = 1000;
const ROUNDS = 3;
const RUN = 'bench';

/** A network of 45,259 parameters, and as little to measure as there can be. */
const experiment = resolved({
  name: RUN,
  data: { imageSize: 8, clients: CLIENTS, partition: { kind: 'iid' } },
  model: { channels: [8, 16], layersPerBlock: 1, attention: [false, true], groups: 4 },
  training: { steps: 1, batchSize: 1 },
  federation: { rounds: ROUNDS },
  evaluation: { samples: 20 },
  features: { kind: 'classifier', images: 10, epochs: 1, dimensions: 2 },
});

export async function prepare(): Promise<Measured> {
  const stack = await startStack();
  const connection = await Connection.connect({ address: stack.address });
  const client = new Client({ connection });
  return {
    run: async () => {
      const handle = await client.workflow.start<typeof experimentWorkflow>('experiment', {
        taskQueue: CPU_QUEUE,
        workflowId: RUN,
        args: [{ experiment, run: RUN, settingsHash: hashSettings(experiment) }, null],
      });
      const finished = new AbortController();
      const memory = memoryAfterRounds(client, stack, finished.signal);
      const seconds = await timedAsync(() => handle.result().finally(() => finished.abort()));
      const [first, last] = [(await memory)[0]!, (await memory).at(-1)!];
      const histories = await Promise.all(
        [RUN, ...Array.from({ length: ROUNDS }, (_, k) => roundId(RUN, k + 1))].map((id) =>
          historyOf(client, id),
        ),
      );
      return [
        seconds / (CLIENTS * ROUNDS),
        histories.reduce((sum, { activities }) => sum + activities, 0) / (CLIENTS * ROUNDS),
        Math.max(...histories.map(({ events }) => events)),
        last.orchestrator / first.orchestrator - 1,
        last.gpu / first.gpu - 1,
      ];
    },
    close: async () => {
      await connection.close();
      await stack.stop();
    },
  };
}

interface Memory {
  readonly orchestrator: number;
  readonly gpu: number;
}

const roundsDone = defineSearchAttributeKey('PhoenixRound', 'INT');
const LOOK_MS = 500;

/** One value after each round, and one once everything is over. */
async function memoryAfterRounds(
  { workflow }: Client,
  stack: TemporaryStack,
  finished: AbortSignal,
): Promise<Memory[]> {
  const seen: Memory[] = [];
  const look = () =>
    seen.push({ orchestrator: stack.memory('orchestrator'), gpu: stack.memory('gpu-worker') });
  while (!finished.aborted) {
    const { typedSearchAttributes } = await workflow.getHandle(RUN).describe();
    if ((typedSearchAttributes.get(roundsDone) ?? 0) > seen.length) look();
    await delay(LOOK_MS, undefined, { signal: finished }).catch(() => {});
  }
  look();
  return seen;
}

async function historyOf({ workflow }: Client, id: string): Promise<{ events: number; activities: number }> {
  const events = (await workflow.getHandle(id).fetchHistory()).events ?? [];
  return {
    events: events.length,
    activities: events.filter((event) => event.activityTaskScheduledEventAttributes).length,
  };
}
