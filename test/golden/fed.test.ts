import { describe, expect, it } from 'vitest';
import { weightedMean } from '../../phoenix/federation/strategies/weighted-mean.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

type Parameters = Record<string, JsonArray>;
interface Golden {
  /** [round][client] */
  readonly rounds: readonly (readonly Parameters[])[];
  readonly num_examples: readonly number[];
  readonly results: {
    readonly fedavg: { readonly rounds: readonly Parameters[] };
    readonly fedavg_equal_counts: Parameters;
  };
}

const golden = goldenJson<Golden>('fed.json');

/** All parameters one after another, by name. */
const vector = (parameters: Parameters): Float32Array =>
  Float32Array.from(
    Object.keys(parameters)
      .toSorted()
      .flatMap((name) => parameters[name]!.data),
  );

function average(clients: readonly Parameters[], examples: readonly number[]): Float32Array {
  const out = new Float32Array(vector(clients[0]!).length);
  weightedMean(clients.map(vector), examples, out);
  return out;
}

function expectClose(actual: Float32Array, expected: Parameters): void {
  const values = vector(expected);
  expect(actual).toHaveLength(values.length);
  const worst = Math.max(...values.map((value, i) => Math.abs(value - actual[i]!)));
  expect(worst).toBeLessThanOrEqual(2e-6);
}

describe('federated averaging agrees with flwr', () => {
  it.each([0, 1, 2])('weighted by examples, round %d', (round) => {
    expectClose(average(golden.rounds[round]!, golden.num_examples), golden.results.fedavg.rounds[round]!);
  });

  it('with equal counts', () => {
    const equal = golden.num_examples.map(() => 100);
    expectClose(average(golden.rounds[0]!, equal), golden.results.fedavg_equal_counts);
  });
});
