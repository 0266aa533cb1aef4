/** Federated averaging of the clients' base weights (paper §2.2). */
import { WeightedAverage } from '../../phoenix/federation/fedavg.ts';
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

export interface AggregateRequest {
  readonly strategy: 'fedavg';
  /** By ascending client id: the order of the sums. */
  readonly updates: readonly { readonly base: Ref; readonly examples: number }[];
}

/** @throws MismatchedUpdate, CorruptObject, MissingObject */
export async function aggregate(context: StepContext, request: AggregateRequest): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { strategy, updates } = request;
  const identity = { name: 'aggregate', version: 1, settings: { strategy }, inputs: { updates }, seed: 0 };
  return runStep(context, identity, request, async () => {
    const average = new WeightedAverage();
    // Not the last client's tensors, which would stay in memory beside the next one's.
    const shapes = new Map<string, readonly number[]>();
    for (const { base, examples } of updates) {
      const weights = await blobs.getTensors(base);
      average.add(floats(weights), examples);
      for (const [name, { shape }] of weights) shapes.set(name, shape);
    }
    return blobs.putTensors(
      new Map([...average.result()].map(([name, data]) => [name, { shape: shapes.get(name)!, data }])),
    );
  });
}

function floats(weights: Tensors): Map<string, Float32Array> {
  return new Map(
    [...weights].map(([name, { data }]) => {
      if (!(data instanceof Float32Array)) throw new TypeError(`weights ${name} are not float32`);
      return [name, data];
    }),
  );
}
