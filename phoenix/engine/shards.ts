/**
 * A batch computed in parts, side by side. One op at a time cannot keep all cores busy: each waits at its end for the
 * slowest thread, and small ones are not worth dividing. Parts of a batch do not depend on each other, so their ops fill
 * each other's gaps: a training step of a small network takes a quarter less time. The number of parts is fixed, since
 * it decides the order of sums and with it the last bits of a result.
 */
import { tf, type Tensor } from './backend.ts';
import { device } from './build.ts';

/** A GPU is filled by one op; `backend.ts` gives each part of the CPU its share of the threads. */
export const SHARDS = device === 'gpu' ? 1 : 2;

/** Cuts tensors of one batch size along their first axis; each part has its piece of every tensor. */
export function shardsOf<const T extends readonly Tensor[]>(tensors: T): T[] {
  const batch = tensors[0]!.shape[0]!;
  const count = Math.min(SHARDS, batch);
  const sizes = Array.from(
    { length: count },
    (_, k) => Math.floor(((k + 1) * batch) / count) - Math.floor((k * batch) / count),
  );
  const pieces = tensors.map((tensor) => (count === 1 ? [tensor] : tf.split(tensor, sizes, 0)));
  return sizes.map((_, k) => pieces.map((piece) => piece[k]!) as unknown as T);
}

/** `body` of each part, put together again along the first axis. */
export function inShards<const T extends readonly Tensor[]>(tensors: T, body: (part: T) => Tensor): Tensor {
  const parts = shardsOf(tensors).map(body);
  return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
}
