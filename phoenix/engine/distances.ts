/**
 * Which points may be near which: squared distances |q − r|² = |q|² + |r|² − 2·q·r of a block of queries to all
 * references, by float32 matrix products, with bounds of their error. Only what may be near leaves the graph, so that
 * few pairs are left to be measured exactly.
 *
 * The bound: a float32 sum of d products, in any order and with or without fused multiply-adds, is wrong by at most
 * γ_d·Σ|qᵢrᵢ|, γ_n = n·u / (1 − n·u), u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical Algorithms, §3.1), and
 * 2·Σ|qᵢrᵢ| ≤ |q|² + |r|². All other roundings, of coordinates, lengths and sums, are a few u·(|q|² + |r|²) more. So
 * the error of a pair is at most ε·(|q|² + |r|²), with one ε for all.
 */
import { setImmediate } from 'node:timers/promises';
import { device } from './build.ts';
import { Centring, countPoints } from './centring.ts';
import type { Program } from './compile.ts';
import { compileDistances } from './distance-graph.ts';
import type { Values } from './graph.ts';
import { SHARDS } from './shards.ts';

/** References to look at first: the lists of all tiles, one after the other. */
export interface Candidates {
  /** Length of each query's list. */
  readonly width: number;
  /** [queries, width] */
  readonly indices: Int32Array;
  /** [queries, width]: at most the squared distance. */
  readonly lower: Float64Array;
  /** [queries]: no reference that is not in the list has a squared distance below this. */
  readonly unseen: Float64Array;
}

/** Pairs that may be within reach, in no order of interest. */
export interface NearPairs {
  /** [pairs]: places in the list of queries that was asked for. */
  readonly queries: Int32Array;
  /** [pairs] */
  readonly references: Int32Array;
  /** [pairs]: at most and at least the squared distance. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

const UNIT_ROUNDOFF = 2 ** -24;
/** For each coordinate a product, and for all other roundings of a pair no more than 16 further ones. */
const errorOf = (dimensions: number): number => {
  const roundings = (dimensions + 16) * UNIT_ROUNDOFF;
  // A GPU may take ten bits of each factor (TF32).
  return roundings / (1 - roundings) + (device === 'gpu' ? 2 ** -8 : 0);
};
/** Squared length, after scaling, below which numbers may be rounded to 0 as float32. */
const UNDERFLOW = 2 ** -100;
/** Radii are widened by this before they are rounded to float32. */
const WIDER = 1 + 2 ** -20;

/** References of one matrix product: their distances to a block of queries stay near the processor. */
const TILE = 4096;
const LARGEST_BLOCK = 1024;
/** Products of coordinates per run: well below a second on two cores. */
const WORK = 5e10;

/** Distances of one set to another; with the same set twice, within it. Made by `load`; call `dispose` when done. */
export class Distances {
  /** Queries per run. */
  readonly block: number;
  readonly #queries: Float32Array;
  readonly #dimensions: number;
  readonly #centring: Centring;
  readonly #error: number;
  /** First reference of each tile, and at the end their number. */
  readonly #starts: readonly number[];
  /** [references]: squared lengths after centring and scaling. */
  readonly #lengths: Float64Array;
  readonly #program: Program;

  /**
   * `queries`: [n, dimensions], `references`: [m, dimensions]. Squared radii of the references, [m], are what `near` needs. The event
   * loop gets a turn after each tile.
   *
   * @throws RangeError for a set without points or with half a row, and for values that are not finite
   */
  static async load(
    queries: Float32Array,
    references: Float32Array,
    dimensions: number,
    radii: ArrayLike<number> = new Float64Array(references.length / dimensions),
  ): Promise<Distances> {
    const distances = new Distances(queries, references, dimensions);
    for (let tile = 0; tile < distances.#starts.length - 1; tile++) {
      await setImmediate();
      distances.#setReferences(tile, references, radii);
    }
    return distances;
  }

  private constructor(queries: Float32Array, references: Float32Array, dimensions: number) {
    const count = countPoints(references, dimensions);
    const sets = queries === references ? [queries] : [queries, references];
    this.#queries = queries;
    this.#dimensions = dimensions;
    this.#centring = new Centring(sets, dimensions);
    this.#error = errorOf(dimensions);
    this.#lengths = new Float64Array(count);
    const tiles = Math.min(count, SHARDS * Math.ceil(count / TILE / SHARDS));
    this.#starts = Array.from({ length: tiles + 1 }, (_, t) => Math.floor((t * count) / tiles));
    const affordable = Math.max(32, Math.floor(WORK / (count * dimensions)));
    this.block = Math.min(LARGEST_BLOCK, affordable, countPoints(queries, dimensions));
    const sizes = this.#tiles((_, start, end) => end - start);
    this.#program = compileDistances(this.block, sizes, dimensions);
  }

  /** The (at least) `count` nearest references of each of at most `block` queries, by their lower bounds. */
  candidates(queries: ArrayLike<number>, count: number): Candidates {
    const { points, lengths } = this.#inputs(queries);
    const sizes = this.#tiles((_, start, end) => Math.min(count, end - start));
    const feeds = sizes.map((size, t): [string, Values] => [`count${t}`, Int32Array.of(size)]);
    const outputs = this.#program.run('candidates', { points, ...Object.fromEntries(feeds) });
    const width = sizes.reduce((sum, size) => sum + size, 0);
    const indices = new Int32Array(queries.length * width);
    const lower = new Float64Array(queries.length * width);
    const unseen = new Float64Array(queries.length).fill(Infinity);
    let column = 0;
    this.#tiles((t, start, end) => {
      const size = sizes[t]!;
      const [found, values] = [outputs[`indices${t}`]!, outputs[`values${t}`]!];
      for (let q = 0; q < queries.length; q++) {
        const base = (1 - this.#error) * lengths[q]!;
        for (let c = 0; c < size; c++) {
          const at = q * width + column + c;
          indices[at] = start + found[q * size + c]!;
          lower[at] = this.#distance(base - values[q * size + c]!);
        }
        const last = lower[q * width + column + size - 1]!;
        if (size < end - start) unseen[q] = Math.min(unseen[q]!, last);
      }
      column += size;
    });
    return { width, indices, lower, unseen };
  }

  /**
   * All pairs of at most `block` queries and a reference whose squared distance may be within either's radius, tile by tile. `radii`:
   * squared, one for each of these queries.
   */
  near(queries: ArrayLike<number>, radii: ArrayLike<number>): NearPairs[] {
    const { points, lengths } = this.#inputs(queries);
    const least = (q: number) => (1 - this.#error) * lengths[q]! - UNDERFLOW;
    const references = new Float32Array(this.block).fill(Infinity); // rows without a query are near nothing
    const own = new Float32Array(this.block).fill(Infinity);
    for (let q = 0; q < queries.length; q++) {
      references[q] = least(q);
      own[q] = least(q) - this.#scaled(radii[q]!);
    }
    const outputs = this.#program.run('near', { points, references, own });
    return this.#tiles((t, start) => {
      const places = outputs[`places${t}`]!;
      const values = outputs[`values${t}`]!;
      const pairs = {
        queries: new Int32Array(values.length),
        references: new Int32Array(values.length),
        lower: new Float64Array(values.length),
        upper: new Float64Array(values.length),
      };
      for (let p = 0; p < values.length; p++) {
        const q = (pairs.queries[p] = places[2 * p]!);
        const r = (pairs.references[p] = start + places[2 * p + 1]!);
        const lower = (1 - this.#error) * lengths[q]! - values[p]!;
        pairs.lower[p] = this.#distance(lower);
        pairs.upper[p] =
          (lower + 2 * this.#error * (lengths[q]! + this.#lengths[r]!) + UNDERFLOW) /
          this.#centring.scale ** 2;
      }
      return pairs;
    });
  }

  /** Frees the graph and the copy of the references in it. */
  dispose(): void {
    this.#program.dispose();
  }

  /** A lower bound in the features' own units. */
  #distance(scaled: number): number {
    return Math.max(0, scaled - UNDERFLOW) / this.#centring.scale ** 2;
  }

  #scaled(radius: number): number {
    return radius * this.#centring.scale ** 2 * WIDER;
  }

  #tiles<T>(each: (tile: number, start: number, end: number) => T): T[] {
    return this.#starts.slice(1).map((end, t) => each(t, this.#starts[t]!, end));
  }

  /** Twice the points, [block, dimensions], and their squared lengths. */
  #inputs(queries: ArrayLike<number>): { points: Float32Array; lengths: Float64Array } {
    const points = new Float32Array(this.block * this.#dimensions);
    const lengths = new Float64Array(queries.length);
    for (let q = 0; q < queries.length; q++) {
      lengths[q] = this.#centring.write(this.#queries, queries[q]!, 2, points, q * this.#dimensions);
    }
    return { points, lengths };
  }

  /** One tile at a time: while values are being set, they are in memory three times. */
  #setReferences(t: number, references: Float32Array, radii: ArrayLike<number>): void {
    const [start, end] = [this.#starts[t]!, this.#starts[t + 1]!];
    const count = end - start;
    const points = new Float32Array(count * this.#dimensions);
    const offsets = new Float32Array(count);
    const reach = new Float32Array(count);
    for (let r = 0; r < count; r++) {
      const length = this.#centring.write(references, start + r, 1, points, r * this.#dimensions);
      this.#lengths[start + r] = length;
      offsets[r] = -(1 - this.#error) * length;
      reach[r] = this.#scaled(radii[start + r]!);
    }
    this.#program.set(
      new Map([
        [`points${t}`, { shape: [count, this.#dimensions], data: points }],
        [`offsets${t}`, { shape: [count], data: offsets }],
        [`radii${t}`, { shape: [count], data: reach }],
      ]),
    );
  }
}
