/**
 * The step `aggregate` of ten clients' models, from the S3 server and back to it: the largest growth of resident memory
 * while it runs, as a share of one model.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { aggregate, type AggregateRequest } from '../../activities/steps/aggregate.ts';
import { collectGarbage } from '../../phoenix/engine/garbage.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { plainFingerprint } from '../../phoenix/storage/fingerprint.ts';
import { ObjectStore } from '../../phoenix/storage/object-store.ts';
import { stepContext } from '../../workers/step-context.ts';
import type { Setting } from '../benchmark.ts';
import { peakMemory } from '../resident-memory.ts';
import { startS3Server } from '../s3-server.ts';
import type { Measured } from './measured.ts';
import { network, SEED } from './networks.ts';

const CLIENTS = 10;
/** Milliseconds. */
const SETTLE = 500;

export async function prepare({ model }: Setting): Promise<Measured> {
  const server = await startS3Server();
  const store = new ObjectStore(server.storage);
  const owner = { workflow: 'bench', execution: 'only', activity: '1', attempt: 1 };
  const context = { ...stepContext(store, plainFingerprint()), owner };
  const { blobs } = context;
  const updates: AggregateRequest['updates'][number][] = [];
  for (let client = 0; client < CLIENTS; client++) {
    const base = await blobs.putTensors(initialWeights(unetParameters(network(model!)), SEED + client));
    updates.push({ base, weight: 1000 * (client + 1), loss: null });
  }

  let runs = 0;
  return {
    run: async () => {
      // Another first weight makes another step.
      const [first, ...others] = updates;
      const request: AggregateRequest = {
        strategy: { kind: 'fedavg' },
        round: null,
        global: null,
        state: {},
        clip: null,
        noiseStd: 0,
        updates: [{ ...first!, weight: 1000 + ++runs }, ...others],
      };
      // Collected buffers are given back by another thread.
      collectGarbage();
      await delay(SETTLE);
      const before = process.memoryUsage.rss();
      resetPeak();
      await aggregate(context, request);
      return (peakMemory('self') - before) / first!.base.bytes;
    },
    close: async () => {
      store.close();
      await server.stop();
    },
  };
}

/** Linux: what `VmHWM` says from now on begins with what is resident now. */
const resetPeak = (): void => writeFileSync('/proc/self/clear_refs', '5');
