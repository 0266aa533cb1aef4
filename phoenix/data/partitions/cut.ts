/** Cutting a sequence of images into consecutive pieces. */
import { evenParts } from '../image-set.ts';

/** `indices` in consecutive pieces of these sizes. */
export function cut(indices: Int32Array, sizes: readonly number[]): Int32Array[] {
  let start = 0;
  return sizes.map((size) => indices.slice(start, (start += size)));
}

/** In `parts` pieces whose sizes differ by at most one. */
export const cutEvenly = (indices: Int32Array, parts: number): Int32Array[] =>
  cut(indices, evenParts(indices.length, parts));

/** `total` in whole numbers, proportional to `shares` that add up to 1: the differences of the rounded running sums. */
export function proportionalSizes(total: number, shares: readonly number[]): number[] {
  let sum = 0;
  let before = 0;
  return shares.map((share, place) => {
    sum += share;
    const end = place === shares.length - 1 ? total : Math.min(total, Math.floor(sum * total));
    const size = end - before;
    before = end;
    return size;
  });
}

/**
 * Sizes [strata][clients] after whoever has least was given images until everybody has `minimum`: one at a time, from the
 * client that has most (ties: the lowest id), out of its largest stratum. Each stratum keeps its sum.
 *
 * @throws RangeError when there are not that many images
 */
export function withMinimum(sizes: readonly (readonly number[])[], minimum: number): number[][] {
  const raised = sizes.map((row) => [...row]);
  const clients = sizes[0]?.length ?? 0;
  const totals = Array.from({ length: clients }, (_, client) =>
    raised.reduce((sum, row) => sum + row[client]!, 0),
  );
  const images = totals.reduce((sum, size) => sum + size, 0);
  if (images < clients * minimum)
    throw new RangeError(`${images} images are no ${minimum} for each of ${clients} clients`);
  totals.forEach((_, poor) => {
    while (totals[poor]! < minimum) {
      const rich = totals.indexOf(Math.max(...totals));
      const most = Math.max(...raised.map((row) => row[rich]!));
      const stratum = raised.find((row) => row[rich] === most)!;
      stratum[rich]!--;
      stratum[poor]!++;
      totals[rich]!--;
      totals[poor]!++;
    }
  });
  return raised;
}
