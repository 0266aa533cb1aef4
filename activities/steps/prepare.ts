/** Divides the training images among server and clients (paper §3.2.1). */
import type { Experiment } from '../../phoenix/config/schema.ts';
import { divideImages, nothingShared } from '../../phoenix/data/division.ts';
import { classesOf } from '../../phoenix/data/partition.ts';
import { partitionTensors } from '../../phoenix/data/stored-partition.ts';
import type { ClientRecord, Outcome, Ref } from '../../phoenix/federation/records.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';

export interface PrepareRequest {
  readonly seed: number;
  readonly data: Experiment['data'];
}

export interface Prepared {
  readonly partition: Ref;
  readonly clients: readonly ClientRecord[];
  /** |G|, 0 without data sharing. */
  readonly sharedImages: number;
}

export async function prepare(context: StepContext, request: PrepareRequest): Promise<Outcome<Prepared>> {
  const { clients, partition, sharing, source } = request.data;
  const { serverImages, beta, alpha, subset } = sharing ?? nothingShared;
  const identity = {
    name: 'prepare',
    version: 1,
    settings: {
      source,
      clients,
      partition,
      serverImages,
      beta,
      alpha,
      ...(subset === 'sameSubset' && { subset }),
    },
    inputs: {},
    seed: request.seed,
  };
  return runStep<Prepared>(context, identity, request, async () => {
    const labels = context.data.labels(source);
    const divided = divideImages(labels, request.data, request.seed);
    return {
      partition: await context.blobs.putTensors(partitionTensors(divided)),
      clients: divided.clients.map(({ own, shared }, id) => ({
        id,
        classes: classesOf(labels, own),
        ownImages: own.length,
        sharedImages: shared.length,
      })),
      sharedImages: divided.shared.length,
    };
  });
}
