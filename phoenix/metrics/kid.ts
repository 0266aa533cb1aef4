/** Kernel Inception Distance (Bińkowski et al. 2018): squared maximum mean discrepancy of features, without bias. */
import { setImmediate as breathe } from 'node:timers/promises';
import { deriveSeed } from '../config/seeds.ts';
import { permutation } from '../data/permutation.ts';
import { PolynomialKernel } from '../engine/polynomial-kernel.ts';
import { rowsAt } from './feature-set.ts';

/** Row numbers of a subset of each set. */
export interface SubsetPair {
  readonly real: ArrayLike<number>;
  readonly fake: ArrayLike<number>;
}

const SUBSETS = 100;
const SUBSET_SIZE = 1000;
/** Rows whose kernels are in memory at a time, with as many others. */
const BLOCK = 1024;

/**
 * Subsets for {@link KernelDistance.ofSubsets}, drawn without repetition within one: 100 of 1,000 rows, or of all rows
 * of the smaller set if it has fewer.
 */
export function subsetPairs(real: number, fake: number, seed: number): SubsetPair[] {
  const size = Math.min(SUBSET_SIZE, real, fake);
  const draw = (count: number, set: string, subset: number) =>
    permutation(count, deriveSeed(seed, 'kid', set, subset)).subarray(0, size);
  return Array.from({ length: SUBSETS }, (_, subset) => ({
    real: draw(real, 'real', subset),
    fake: draw(fake, 'fake', subset),
  }));
}

/**
 * Distances by the kernel (x·y/d + 1)³ in d dimensions. It owns memory outside the JavaScript heap: call `dispose` when
 * done. Other events are served between blocks.
 */
export class KernelDistance {
  readonly #dimensions: number;
  readonly #kernel: PolynomialKernel;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#kernel = new PolynomialKernel(dimensions);
  }

  /**
   * Of two whole sets [m, d] and [n, d]: the mean kernel within each, pairs of a row with itself left out, less twice
   * the mean between them. It is 0 on average for sets of one distribution, and so may be below.
   *
   * @throws RangeError with fewer than two rows, or when a set is not whole rows
   */
  async between(real: Float32Array, fake: Float32Array): Promise<number> {
    const [m, n] = [this.#rows(real), this.#rows(fake)];
    const reals = (await this.#withinSum(real)) / (m * (m - 1));
    const fakes = (await this.#withinSum(fake)) / (n * (n - 1));
    return reals + fakes - (2 * (await this.#pairSum(real, fake))) / (m * n);
  }

  /**
   * Mean and population standard deviation over pairs of subsets.
   *
   * @param onSubset is told how many are done
   * @throws RangeError as above
   */
  async ofSubsets(
    real: Float32Array,
    fake: Float32Array,
    subsets: readonly SubsetPair[],
    onSubset?: (done: number) => void,
  ): Promise<{ mean: number; std: number }> {
    const distances: number[] = [];
    for (const pair of subsets) {
      const chosen = (set: Float32Array, rows: ArrayLike<number>) => rowsAt(set, this.#dimensions, rows);
      distances.push(await this.between(chosen(real, pair.real), chosen(fake, pair.fake)));
      onSubset?.(distances.length);
    }
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    const variance = distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / distances.length;
    return { mean, std: Math.sqrt(variance) };
  }

  dispose(): void {
    this.#kernel.dispose();
  }

  #rows(features: Float32Array): number {
    const rows = features.length / this.#dimensions;
    if (!Number.isInteger(rows)) {
      throw new RangeError(`${features.length} values are not rows of ${this.#dimensions}`);
    }
    if (rows < 2) throw new RangeError(`a kernel distance needs at least two rows of each set, not ${rows}`);
    return rows;
  }

  *#blocks(features: Float32Array): Iterable<Float32Array> {
    const length = BLOCK * this.#dimensions;
    for (let at = 0; at < features.length; at += length) yield features.subarray(at, at + length);
  }

  /** Over all pairs of two different rows of one set. */
  async #withinSum(set: Float32Array): Promise<number> {
    const blocks = [...this.#blocks(set)];
    let sum = 0;
    for (const [at, block] of blocks.entries()) {
      sum += this.#kernel.pairs(block, block) - this.#kernel.same(block);
      for (const other of blocks.slice(at + 1)) {
        sum += 2 * this.#kernel.pairs(block, other);
        await breathe();
      }
    }
    return sum;
  }

  async #pairSum(real: Float32Array, fake: Float32Array): Promise<number> {
    let sum = 0;
    for (const block of this.#blocks(real)) {
      for (const other of this.#blocks(fake)) {
        sum += this.#kernel.pairs(block, other);
        await breathe();
      }
    }
    return sum;
  }
}
