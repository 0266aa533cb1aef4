import { describe, expect, it } from 'vitest';
import { aggregate, type AggregateRequest } from '../../activities/steps/aggregate.ts';
import type { ServerState } from '../../phoenix/federation/records.ts';
import type { StrategySettings } from '../../phoenix/federation/strategies/index.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';
import { stepContext } from '../helpers/steps.ts';

type Parameters = Record<string, JsonArray>;
type Rounds<Settings = unknown> = Settings & { readonly rounds: readonly Parameters[] };
interface Moments {
  readonly eta: number;
  readonly tau: number;
  readonly beta_1: number;
  readonly beta_2: number;
}
interface QFedAvg {
  readonly q: number;
  readonly client_learning_rate: number;
}

interface Golden {
  readonly x0: Parameters;
  /** [round][client] */
  readonly rounds: readonly (readonly Parameters[])[];
  readonly num_examples: readonly number[];
  readonly train_loss: readonly number[];
  readonly results: {
    readonly fedavg: Rounds;
    readonly fedavg_equal_counts: Parameters;
    readonly fedmedian: Rounds;
    readonly fedtrimmedavg: Rounds<{ readonly beta: number }>;
    readonly krum: Rounds<{ readonly num_malicious: number; readonly chosen_client: readonly number[] }>;
    readonly multikrum: Rounds<{ readonly num_malicious: number; readonly num_to_select: number }>;
    readonly fedavgm: Rounds<{ readonly server_learning_rate: number; readonly server_momentum: number }>;
    readonly fedadam: Rounds<Moments>;
    readonly fedyogi: Rounds<Moments>;
    readonly fedadagrad: Rounds<Omit<Moments, 'beta_1' | 'beta_2'>>;
    readonly qfedavg: Rounds<QFedAvg>;
    readonly qfedavg_q0: Rounds<QFedAvg>;
  };
}

const golden = goldenJson<Golden>('fed.json');
const { results } = golden;

const tensorsOf = (parameters: Parameters) =>
  new Map(
    Object.entries(parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

/** The global model after each of so many rounds, by the step itself. */
async function models(
  strategy: StrategySettings,
  rounds: number,
  examples: readonly number[] = golden.num_examples,
): Promise<Parameters[]> {
  const context = stepContext();
  const put = (parameters: Parameters) => context.blobs.putTensors(tensorsOf(parameters));
  let global = await put(golden.x0);
  let state: ServerState = {};
  const after: Parameters[] = [];
  for (let round = 1; round <= rounds; round++) {
    const updates: AggregateRequest['updates'] = await Promise.all(
      golden.rounds[round - 1]!.map(async (client, k) => ({
        base: await put(client),
        weight: examples[k]!,
        loss: golden.train_loss[k]!,
      })),
    );
    const request = { strategy, round, global, state, clip: null, noiseStd: 0, updates };
    const { result } = await aggregate(context, request);
    ({ model: global, state } = result);
    after.push(
      Object.fromEntries(
        [...(await context.blobs.getTensors(global))].map(([name, { shape, data }]) => [
          name,
          { shape, dtype: 'f32', data: [...data] },
        ]),
      ),
    );
  }
  return after;
}

function expectClose(actual: Parameters, expected: Parameters, tolerance = 2e-6): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(shape);
    const values = actual[name]!.data;
    expect(values).toHaveLength(data.length);
    const worst = Math.max(...data.map((value, i) => Math.abs(value - values[i]!)));
    expect(worst, name).toBeLessThanOrEqual(tolerance);
  }
}

const exactly = (parameters: Parameters) =>
  Object.fromEntries([...tensorsOf(parameters)].map(([name, { data }]) => [name, data]));

const moments = ({ eta, tau, beta_1, beta_2 }: Moments) => ({
  serverLearningRate: eta,
  beta1: beta_1,
  beta2: beta_2,
  tau,
});

const qfedavg = ({ q, client_learning_rate }: QFedAvg) =>
  ({ kind: 'qfedavg', q, lipschitz: 1 / client_learning_rate }) as const;

const strategies: Record<string, [StrategySettings, Rounds]> = {
  fedavg: [{ kind: 'fedavg' }, results.fedavg],
  fedsgd: [{ kind: 'fedsgd' }, results.fedavg],
  fedprox: [{ kind: 'fedprox', mu: 0.05 }, results.fedavg],
  fedavgm: [
    {
      kind: 'fedavgm',
      serverLearningRate: results.fedavgm.server_learning_rate,
      momentum: results.fedavgm.server_momentum,
    },
    results.fedavgm,
  ],
  fedadam: [{ kind: 'fedadam', ...moments(results.fedadam) }, results.fedadam],
  fedyogi: [{ kind: 'fedyogi', ...moments(results.fedyogi) }, results.fedyogi],
  fedadagrad: [
    { kind: 'fedadagrad', serverLearningRate: results.fedadagrad.eta, tau: results.fedadagrad.tau },
    results.fedadagrad,
  ],
  qfedavg: [qfedavg(results.qfedavg), results.qfedavg],
  'qfedavg with q = 0': [qfedavg(results.qfedavg_q0), results.qfedavg_q0],
  trimmedMean: [{ kind: 'trimmedMean', share: results.fedtrimmedavg.beta }, results.fedtrimmedavg],
  multiKrum: [
    {
      kind: 'multiKrum',
      malicious: results.multikrum.num_malicious,
      select: results.multikrum.num_to_select,
    },
    results.multikrum,
  ],
};

describe('agrees with flwr:', () => {
  it.each(Object.keys(strategies))('%s', async (name) => {
    const [settings, { rounds }] = strategies[name]!;
    const actual = await models(settings, rounds.length);
    expect(actual.length).toBeGreaterThan(0);
    rounds.forEach((expected, round) => expectClose(actual[round]!, expected));
  });

  it('fedavg with equal counts', async () => {
    const equal = golden.num_examples.map(() => 100);
    const [actual] = await models({ kind: 'fedavg' }, 1, equal);
    expectClose(actual!, results.fedavg_equal_counts);
  });

  it('median, exactly', async () => {
    const actual = await models({ kind: 'median' }, 3);
    expect(actual.map(exactly)).toEqual(results.fedmedian.rounds.map(exactly));
  });

  it('krum, exactly, and by the same choice', async () => {
    const { rounds, num_malicious: malicious, chosen_client: chosen } = results.krum;
    const actual = await models({ kind: 'krum', malicious }, 3);
    expect(actual.map(exactly)).toEqual(rounds.map(exactly));
    expect(actual.map(exactly)).toEqual(chosen.map((client, k) => exactly(golden.rounds[k]![client]!)));
  });
});
