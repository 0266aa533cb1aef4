import { describe, expect, it } from 'vitest';
import { WeightedAverage } from '../../phoenix/federation/fedavg.ts';
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

function weights(parameters: Parameters): Map<string, Float32Array> {
  return new Map(Object.entries(parameters).map(([name, array]) => [name, Float32Array.from(array.data)]));
}

function average(clients: readonly Parameters[], examples: readonly number[]): Map<string, Float32Array> {
  const sum = new WeightedAverage();
  clients.forEach((client, i) => sum.add(weights(client), examples[i]!));
  return sum.result();
}

function expectClose(actual: ReadonlyMap<string, Float32Array>, expected: Parameters): void {
  expect([...actual.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, array] of Object.entries(expected)) {
    const values = actual.get(name)!;
    expect(values).toHaveLength(array.data.length);
    const worst = Math.max(...array.data.map((value, i) => Math.abs(value - values[i]!)));
    expect(worst, name).toBeLessThanOrEqual(2e-6);
  }
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
