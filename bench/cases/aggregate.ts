/** FedAvg of ten clients' weights that are in memory, to new weights in memory. */
import { WeightedAverage } from '../../phoenix/federation/fedavg.ts';
import { initialWeights } from '../../phoenix/models/initial-weights.ts';
import { unetParameters } from '../../phoenix/models/unet-parameters.ts';
import type { Setting } from '../benchmarks.ts';
import { timed, type Measured } from './measured.ts';
import { network, SEED } from './networks.ts';

const CLIENTS = 10;

export function prepare({ model }: Setting): Measured {
  const weights = initialWeights(unetParameters(network(model!)), SEED);
  const clients = Array.from({ length: CLIENTS }, (_, client) => ({
    examples: 1000 * (client + 1),
    // Different in every client, and each in memory of its own.
    weights: new Map(
      [...weights].map(([name, { data }]) => [
        name,
        (data as Float32Array).map((value) => value + 0.01 * client),
      ]),
    ),
  }));
  return {
    run: () =>
      timed(() => {
        const average = new WeightedAverage();
        for (const { weights, examples } of clients) average.add(weights, examples);
        return average.result();
      }),
  };
}
