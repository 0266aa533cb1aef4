/**
 * Nearest neighbours, exact: the engine says which points may be the nearest, and those are measured in float64. What
 * it cannot decide with a short list is asked for again with a longer one.
 */
import { setImmediate } from 'node:timers/promises';
import { Distances, type Candidates } from '../engine/distances.ts';
import { pairsPerTurn, squaredDistance } from './squared-distance.ts';

/** Called between blocks of work with how many of how many points are done; what it throws ends the search. */
export type OnProgress = (done: number, total: number) => void;

export interface Nearest {
  /** [queries]: rows of the references. */
  readonly indices: Int32Array;
  /** [queries]: Euclidean, in float64. */
  readonly distances: Float64Array;
}

/**
 * The nearest of `references` [m, dimensions] for each of `queries` [n, dimensions]; of several at the same distance, the
 * first. Nothing blocks the event loop for longer than a fraction of a second; memory is that of the features, once more in the graph.
 *
 * @throws RangeError for a set without points or with half a row, and for values that are not finite
 */
export async function nearest(
  queries: Float32Array,
  references: Float32Array,
  dimensions: number,
  onProgress: OnProgress = () => undefined,
): Promise<Nearest> {
  const found = new Shortlists(queries, references, dimensions, 1, false);
  await found.search(onProgress);
  return { indices: found.indices, distances: found.squared.map(Math.sqrt) };
}

/**
 * Squared distance of each point of `set` [n, dimensions] to its k-th nearest neighbour among the others: [n].
 *
 * @throws RangeError where a point has no k others, for half a row, and for values that are not finite
 */
export async function squaredRadii(
  set: Float32Array,
  dimensions: number,
  k: number,
  onProgress: OnProgress = () => undefined,
): Promise<Float64Array> {
  const count = set.length / dimensions;
  if (count <= k) throw new RangeError(`${count} points have no ${k} neighbours each`);
  const found = new Shortlists(set, set, dimensions, k, true);
  await found.search(onProgress);
  return Float64Array.from({ length: count }, (_, point) => found.squared[point * k + k - 1]!);
}

/** More candidates than neighbours, per tile of references; and by how much lists grow that were too short. */
const SPARE = 4;
const GROWTH = 8;

/**
 * The k nearest references so far of each query, or, `within` one set, of each point among the others. Within a set only distances
 * are asked for: which of several equally distant points are listed is left open there, so that a set whose points are all
 * the same is not measured pair by pair.
 */
class Shortlists {
  /** [queries, k], ascending. */
  readonly squared: Float64Array;
  readonly indices: Int32Array;
  readonly #queries: Float32Array;
  readonly #references: Float32Array;
  readonly #dimensions: number;
  readonly #k: number;
  readonly #within: boolean;

  constructor(
    queries: Float32Array,
    references: Float32Array,
    dimensions: number,
    k: number,
    within: boolean,
  ) {
    this.#queries = queries;
    this.#references = references;
    this.#dimensions = dimensions;
    this.#k = k;
    this.#within = within;
    const count = Math.floor(queries.length / dimensions);
    this.squared = new Float64Array(count * k);
    this.indices = new Int32Array(count * k);
  }

  async search(onProgress: OnProgress): Promise<void> {
    const total = this.#queries.length / this.#dimensions;
    const bounds = await Distances.load(this.#queries, this.#references, this.#dimensions);
    try {
      for (let start = 0; start < total; start += bounds.block) {
        const end = Math.min(total, start + bounds.block);
        let open = Array.from({ length: end - start }, (_, at) => start + at);
        for (let count = this.#k + SPARE; open.length > 0; count *= GROWTH) {
          open = await this.#narrow(open, bounds.candidates(open, count));
        }
        onProgress(end, total);
      }
    } finally {
      bounds.dispose();
    }
  }

  /** Looks through the candidates of `queries`; gives those queries that need more of them. */
  async #narrow(queries: readonly number[], candidates: Candidates): Promise<number[]> {
    const open: number[] = [];
    let measured = 0;
    await setImmediate();
    for (const [at, query] of queries.entries()) {
      measured += this.#measure(query, candidates, at);
      if (this.#mayBeNearer(candidates.unseen[at]!, this.#last(query))) open.push(query);
      if (measured < pairsPerTurn(this.#dimensions)) continue;
      measured = 0;
      await setImmediate();
    }
    return open;
  }

  /** Fills the list of a query from its candidates; gives how many were measured. */
  #measure(query: number, { width, indices, lower }: Candidates, at: number): number {
    const k = this.#k;
    this.squared.fill(Infinity, query * k, (query + 1) * k);
    const order = Int32Array.from({ length: width }, (_, c) => at * width + c);
    order.sort((a, b) => lower[a]! - lower[b]!);
    let measured = 0;
    for (const candidate of order) {
      const limit = this.#last(query);
      if (!this.#mayBeNearer(lower[candidate]!, limit)) break;
      const reference = indices[candidate]!;
      if (this.#within && reference === query) continue;
      const [a, b] = [this.#queries, this.#references];
      this.#keep(query, squaredDistance(a, query, b, reference, this.#dimensions, limit), reference);
      measured++;
    }
    return measured;
  }

  #last(query: number): number {
    return this.squared[(query + 1) * this.#k - 1]!;
  }

  /** Whether a point at least so far away can change a list that ends with `last`. */
  #mayBeNearer(lower: number, last: number): boolean {
    return this.#within ? lower < last : lower <= last;
  }

  #keep(query: number, squared: number, index: number): void {
    const first = query * this.#k;
    const before = (at: number) =>
      this.squared[at]! < squared || (this.squared[at] === squared && this.indices[at]! < index);
    let at = first + this.#k - 1;
    if (before(at)) return;
    for (; at > first && !before(at - 1); at--) {
      this.squared[at] = this.squared[at - 1]!;
      this.indices[at] = this.indices[at - 1]!;
    }
    this.squared[at] = squared;
    this.indices[at] = index;
  }
}
