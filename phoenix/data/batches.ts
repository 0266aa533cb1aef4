/**
 * Which images a training step sees: a pure function of the step counter, so that training resumes at any
 * step.
 */
import { deriveSeed } from '../config/seeds.ts';
import { permutation } from './permutation.ts';

/** Steps in which `epochs` passes over `count` images are complete. */
export function stepsOfEpochs(count: number, batchSize: number, epochs: number): number {
  return Math.ceil((count * epochs) / batchSize);
}

/**
 * The batch of `step` (from 0): [batchSize] positions in a training set of `count` images. Batches are
 * consecutive pieces of one endless sequence of seeded permutations, one per epoch: an epoch's last batch is
 * filled from the next epoch.
 *
 * @throws RangeError when `count` or `batchSize` is not positive.
 */
export function batchIndices(count: number, batchSize: number, step: number, seed: number): Int32Array {
  if (count < 1 || batchSize < 1) throw new RangeError(`no batch of ${batchSize} out of ${count} images`);
  const batch = new Int32Array(batchSize);
  for (let filled = 0; filled < batchSize;) {
    const position = step * batchSize + filled;
    const order = epochOrder(count, Math.floor(position / count), seed);
    const piece = order.subarray(position % count, (position % count) + batchSize - filled);
    batch.set(piece, filled);
    filled += piece.length;
  }
  return batch;
}

/**
 * The same for one pass alone, of ⌈count / batchSize⌉ steps: its last batch is as short as it has to be.
 *
 * @throws RangeError when `count` or `batchSize` is not positive.
 */
export function passIndices(count: number, batchSize: number, step: number, seed: number): Int32Array {
  return batchIndices(count, batchSize, step, seed).subarray(0, count - step * batchSize);
}

/** The permutation in use: consecutive steps share it, and making one of 50,000 takes 6 ms. */
let latest: { key: string; order: Int32Array } = { key: '', order: new Int32Array(0) };

function epochOrder(count: number, epoch: number, seed: number): Int32Array {
  const key = `${count}/${epoch}/${seed}`;
  if (latest.key !== key) latest = { key, order: permutation(count, deriveSeed(seed, 'epoch', epoch)) };
  return latest.order;
}
