/** Federated averaging of the clients' base weights (paper §2.2). */
import type { Outcome, Ref } from '../../phoenix/federation/records.ts';
import { weightedMean } from '../../phoenix/federation/strategies/weighted-mean.ts';
import { ModelStreams } from '../../phoenix/storage/model-streams.ts';
import { emptyFile } from '../../phoenix/storage/safetensors.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

export interface AggregateRequest {
  readonly strategy: 'fedavg';
  /** By ascending client id: the order of the sums. */
  readonly updates: readonly { readonly base: Ref; readonly examples: number }[];
}

/** @throws MismatchedUpdate, BadSafetensors, CorruptObject, MissingObject; RangeError without clients */
export async function aggregate(context: StepContext, request: AggregateRequest): Promise<Outcome<Ref>> {
  const { blobs } = context;
  const { strategy, updates } = request;
  const identity = { name: 'aggregate', version: 1, settings: { strategy }, inputs: { updates }, seed: 0 };
  return runStep(context, identity, request, async () => {
    if (updates.length === 0) throw new RangeError('an average needs at least one client');
    const models = await ModelStreams.open(
      blobs,
      updates.map(({ base }) => base),
    );
    const { bytes, start } = emptyFile(models.layout);
    const average = new Float32Array(bytes.buffer, start);
    const examples = updates.map((update) => update.examples);
    await models.walk((blocks, at) =>
      weightedMean(blocks, examples, average.subarray(at, at + blocks[0]!.length)),
    );
    return blobs.put(bytes);
  });
}
