import { describe, expect, it } from 'vitest';
import { aggregate } from '../../activities/steps/aggregate.ts';
import { noiseStdOf } from '../../phoenix/federation/privacy/clipping.ts';
import { updateNorms } from '../../phoenix/federation/strategies/measures.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';
import { stepContext } from '../helpers/steps.ts';

type Parameters = Record<string, JsonArray>;

interface Golden {
  readonly x0: Parameters;
  /** [round][client] */
  readonly rounds: readonly (readonly Parameters[])[];
  readonly num_examples: readonly number[];
  readonly results: {
    readonly dp: {
      readonly norm_of_update_client1: number;
      readonly clip: readonly {
        readonly clipping_norm: number;
        readonly client: number;
        readonly round: number;
        readonly params_after: Parameters;
      }[];
      readonly fixed_clipping_fedavg_noise0: { readonly clipping_norm: number; readonly out: Parameters };
      readonly stdv: readonly {
        readonly noise_multiplier: number;
        readonly clipping_norm: number;
        readonly clients: number;
        readonly std: number;
      }[];
    };
  };
}

const golden = goldenJson<Golden>('fed.json');
const { dp } = golden.results;

/** The average of clipped updates, by the step itself. */
async function averaged(clients: readonly Parameters[], weights: readonly number[], clip: number) {
  const context = stepContext();
  const put = (parameters: Parameters) =>
    context.blobs.putTensors(
      new Map(
        Object.entries(parameters).map(([name, { shape, data }]) => [
          name,
          { shape, data: Float32Array.from(data) },
        ]),
      ),
    );
  const updates = await Promise.all(
    clients.map(async (client, k) => ({ base: await put(client), weight: weights[k]!, loss: null })),
  );
  const request = {
    strategy: { kind: 'fedavg' },
    round: null,
    global: await put(golden.x0),
    state: {},
    clip,
    noiseStd: 0,
    updates,
  } as const;
  return context.blobs.getTensors((await aggregate(context, request)).result.model);
}

function expectClose(actual: Awaited<ReturnType<typeof averaged>>, expected: Parameters): void {
  expect([...actual.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const own = actual.get(name)!;
    expect(own.shape).toEqual(shape);
    expect(Math.max(...data.map((value, i) => Math.abs(value - own.data[i]!))), name).toBeLessThan(2e-6);
  }
}

describe('clipping agrees with flwr', () => {
  it.each(dp.clip)(
    'client $client to $clipping_norm',
    async ({ clipping_norm, client, round, params_after }) => {
      expectClose(await averaged([golden.rounds[round]![client]!], [1], clipping_norm), params_after);
    },
  );

  it('in the average of all clients, weighted by examples', async () => {
    const { clipping_norm, out } = dp.fixed_clipping_fedavg_noise0;
    expectClose(await averaged(golden.rounds[0]!, golden.num_examples, clipping_norm), out);
  });

  it('in the norm over all tensors', () => {
    const vector = (parameters: Parameters) =>
      Float32Array.from(Object.values(parameters).flatMap(({ data }) => data));
    const squares = new Float64Array(1);
    updateNorms.add(squares, [vector(golden.rounds[0]![1]!)], vector(golden.x0));
    expect(Math.abs(Math.sqrt(squares[0]!) - dp.norm_of_update_client1)).toBeLessThan(2e-6);
  });

  it.each(dp.stdv)(
    'in the noise among $clients clients',
    ({ noise_multiplier, clipping_norm, clients, std }) => {
      const settings = { clip: clipping_norm, noiseMultiplier: noise_multiplier };
      expect(Math.abs(noiseStdOf(settings, Array(clients).fill(500)) - std)).toBeLessThan(1e-12);
    },
  );
});
