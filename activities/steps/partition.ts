/** The run's partition as one blob: which training images belong to whom, as int32 indices. */
import type { Ref } from '../../phoenix/federation/records.ts';
import type { Blobs } from '../../phoenix/storage/blobs.ts';
import type { Tensor, Tensors } from '../../phoenix/storage/safetensors.ts';

export interface ClientImages {
  /** Of the client's own part. */
  readonly own: Int32Array;
  /** Of G, merged into it. */
  readonly shared: Int32Array;
}

export interface Partition {
  /** By client id. */
  readonly clients: readonly ClientImages[];
  /** G, what the warm-up trains on; empty without data sharing. */
  readonly shared: Int32Array;
}

export function partitionTensors({ clients, shared }: Partition): Tensors {
  const tensor = (data: Int32Array): Tensor => ({ shape: [data.length], data });
  return new Map([
    ['shared', tensor(shared)],
    ...clients.flatMap((client, id): [string, Tensor][] => [
      [`client.${id}.own`, tensor(client.own)],
      [`client.${id}.shared`, tensor(client.shared)],
    ]),
  ]);
}

/** Indices of the images that a client trains on (own part, then shared part); for null, the warm-up's: all of G. */
export async function trainingIndices(
  blobs: Blobs,
  partition: Ref,
  client: number | null,
): Promise<Int32Array> {
  const tensors = await blobs.getTensors(partition);
  const indices = (name: string): Int32Array => {
    const data = tensors.get(name)?.data;
    if (!(data instanceof Int32Array)) throw new RangeError(`the partition has no images "${name}"`);
    return data;
  };
  if (client === null) return indices('shared');
  return Int32Array.from([...indices(`client.${client}.own`), ...indices(`client.${client}.shared`)]);
}
