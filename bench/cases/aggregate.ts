/** FedAvg of ten clients' weights that are in memory, to new weights in memory, as the step does it. */
import { weightedMean } from '../../phoenix/federation/strategies/weighted-mean.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import { BLOCK } from '../../phoenix/storage/model-streams.ts';
import type { Setting } from '../benchmark.ts';
import { timed, type Measured } from './measured.ts';
import { network, SEED } from './networks.ts';

const CLIENTS = 10;

export function prepare({ model }: Setting): Measured {
  const weights = [...initialWeights(unetParameters(network(model!)), SEED).values()];
  const length = weights.reduce((sum, { data }) => sum + data.length, 0);
  // Different in every client, and each in memory of its own.
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const vector = new Float32Array(length);
    let at = 0;
    for (const { data } of weights) {
      vector.set(
        (data as Float32Array).map((value) => value + 0.01 * client),
        at,
      );
      at += data.length;
    }
    return vector;
  });
  const examples = clients.map((_, client) => 1000 * (client + 1));
  return {
    run: () =>
      timed(() => {
        const average = new Float32Array(length);
        for (let at = 0; at < length; at += BLOCK) {
          const block = (vector: Float32Array) => vector.subarray(at, at + BLOCK);
          weightedMean(clients.map(block), examples, block(average));
        }
      }),
  };
}
