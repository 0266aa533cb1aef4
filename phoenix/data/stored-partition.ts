/** The run's partition as one blob: which training images belong to whom, as int32 indices, and how noisy they are. */
import type { Ref } from '../federation/records.ts';
import type { Blobs } from '../storage/blobs.ts';
import type { Tensor, Tensors } from '../storage/safetensors.ts';
import type { ClientImages, DividedImages } from './division.ts';

export function partitionTensors({ clients, shared }: DividedImages): Tensors {
  const tensor = (data: Tensor['data']): Tensor => ({ shape: [data.length], data });
  const ofClient = ({ own, shared: merged, noise }: ClientImages, id: number): [string, Tensor][] => [
    [`client.${id}.own`, tensor(own)],
    [`client.${id}.shared`, tensor(merged)],
    ...(noise === 0 ? [] : [[`client.${id}.noise`, tensor(Float32Array.of(noise))] as [string, Tensor]]),
  ];
  return new Map([['shared', tensor(shared)], ...clients.flatMap(ofClient)]);
}

/** The newest partition that was read, by store: all clients of a run share one, and with 1,000 of them it is large. */
const newest = new WeakMap<Blobs, { readonly hash: string; readonly tensors: Tensors }>();

async function readPartition(blobs: Blobs, partition: Ref): Promise<Tensors> {
  const kept = newest.get(blobs);
  if (kept?.hash === partition.hash) return kept.tensors;
  const tensors = await blobs.getTensors(partition);
  newest.set(blobs, { hash: partition.hash, tensors });
  return tensors;
}

/** The images that a client trains on; for null, the warm-up's: all of G. */
export async function imagesOf(blobs: Blobs, partition: Ref, client: number | null): Promise<ClientImages> {
  const tensors = await readPartition(blobs, partition);
  const indices = (name: string): Int32Array => {
    const data = tensors.get(name)?.data;
    if (!(data instanceof Int32Array)) throw new RangeError(`the partition has no images "${name}"`);
    return data;
  };
  if (client === null) return { own: new Int32Array(0), shared: indices('shared'), noise: 0 };
  return {
    own: indices(`client.${client}.own`),
    shared: indices(`client.${client}.shared`),
    noise: tensors.get(`client.${client}.noise`)?.data[0] ?? 0,
  };
}
