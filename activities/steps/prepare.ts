/** Divides the training images among server and clients (paper §3.2.1). */
import type { Experiment } from '../../phoenix/config/schema.ts';
import { deriveSeed } from '../../phoenix/config/seeds.ts';
import { classesOf, partition, splitServerPart } from '../../phoenix/data/partition.ts';
import { clientShare, sharedCount, sharedImages } from '../../phoenix/data/sharing.ts';
import type { ClientRecord, Outcome, Ref } from '../../phoenix/federation/records.ts';
import { runStep } from '../../phoenix/storage/steps.ts';
import type { StepContext } from './context.ts';
import { partitionTensors } from './partition.ts';

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
  const { blobs, data } = context;
  const { clients, partition: kind, sharing, source } = request.data;
  const { serverImages, beta, alpha } = sharing ?? { serverImages: 0, beta: 0, alpha: 0 };
  const identity = {
    name: 'prepare',
    version: 1,
    settings: { source, clients, partition: kind, serverImages, beta, alpha },
    inputs: {},
    seed: request.seed,
  };
  return runStep<Prepared>(context, identity, request, async () => {
    const seed = (purpose: string, ...labels: number[]) => deriveSeed(request.seed, purpose, ...labels);
    const { labels } = data.images(request.data.imageSize).train;
    const parts = splitServerPart(labels, serverImages, seed('server part'));
    const own = partition(labels, parts.clients, clients, kind, seed('partition'));
    const shared = sharedImages(
      labels,
      parts.server,
      sharedCount(parts.clients.length, beta),
      seed('shared'),
    );
    const images = own.map((indices, client) => ({
      own: indices,
      shared: clientShare(labels, shared, alpha, seed('share', client)),
    }));
    return {
      partition: await blobs.putTensors(partitionTensors({ clients: images, shared })),
      clients: images.map((client, id) => ({
        id,
        classes: classesOf(labels, client.own),
        ownImages: client.own.length,
        sharedImages: client.shared.length,
      })),
      sharedImages: shared.length,
    };
  });
}
