/**
 * Covariance of rows that arrive block by block, in float64: sums of products stay in a graph, so that memory is that of
 * one block and of the sums.
 */
import { tf } from './backend.ts';
import { compile, type Program } from './compile.ts';
import { float64Of, float64Op, product64, reduce64, toBits, widened } from './float64.ts';
import type { Trace } from './trace.ts';

/** Sums over rows of d values, after a shift: exact differences where values are large and vary little. */
export interface ShiftedSums {
  /** [d]: the mean of the first block. */
  readonly shift: Float64Array;
  /** [d]: Σ (x − shift). */
  readonly sum: Float64Array;
  /** [d, d], symmetric: Σ (x − shift)ᵀ(x − shift). */
  readonly products: Float64Array;
}

/** Columns of a panel. Panels are products of their own, which run side by side and leave out what symmetry repeats. */
const PANEL = 256;

/** Owns memory outside the JavaScript heap: call `dispose` when done. */
export class CovarianceSums {
  readonly #dimensions: number;
  /** First column of each panel. */
  readonly #starts: readonly number[];
  readonly #program: Program;
  #empty = true;

  /** @param dimensions d, values of a row */
  constructor(dimensions: number) {
    this.#dimensions = dimensions;
    this.#starts = Array.from({ length: Math.ceil(dimensions / PANEL) }, (_, panel) => panel * PANEL);
    this.#program = compileSums(dimensions, this.#starts);
  }

  /** Forgets what was added. */
  reset(): void {
    this.#empty = true;
  }

  /** Adds `rows` [n, d], n ≥ 1: n·d² multiplications at one stretch. */
  add(rows: Float32Array): void {
    if (this.#empty) this.#program.run('begin', { rows });
    this.#program.run('add', { rows });
    this.#empty = false;
  }

  /** The sums of all rows since the last reset; there must be some. */
  read(): ShiftedSums {
    const d = this.#dimensions;
    const results = this.#program.run('read', {});
    const products = new Float64Array(d * d);
    for (const [panel, start] of this.#starts.entries()) {
      mirror(float64Of(results[`products${panel}`]!), start, products, d);
    }
    return { shift: float64Of(results['shift']!), sum: float64Of(results['sum']!), products };
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileSums(d: number, starts: readonly number[]): Program {
  const panels = starts.map((start, panel) => ({
    name: `products${panel}`,
    start,
    shape: [Math.min(PANEL, d - start), d - start],
  }));
  const rows = { shape: [-1, d], dtype: 'float32' } as const;
  const dtype = 'float64';
  const variables = new Map([
    ['shift', { shape: [d], dtype }] as const,
    ['sum', { shape: [d], dtype }] as const,
    ...panels.map(({ name, shape }) => [name, { shape, dtype }] as const),
  ]);
  return compile({
    variables,
    functions: {
      begin: {
        inputs: { rows },
        body: ({ rows: block }, trace) => {
          assign(trace, 'shift', reduce64(trace, 'Mean', widened(trace, block!), tf.tensor1d([0], 'int32')));
          for (const [name, { shape }] of variables) {
            if (name !== 'shift') assign(trace, name, zeros(trace, shape));
          }
          return { done: tf.scalar(0, 'int32') };
        },
      },
      add: {
        inputs: { rows },
        body: ({ rows: block }, trace) => {
          const values = float64Op(trace, 'Sub', widened(trace, block!), read(trace, 'shift'));
          add(trace, 'sum', reduce64(trace, 'Sum', values, tf.tensor1d([0], 'int32')));
          for (const { name, start, shape } of panels) {
            const panel = columns(trace, values, start, shape[0]!);
            const rest = start === 0 ? values : columns(trace, values, start, shape[1]!);
            add(trace, name, product64(trace, panel, rest, { transposeA: true }));
          }
          return { done: tf.scalar(0, 'int32') };
        },
      },
      read: {
        inputs: {},
        body: (_, trace) =>
          Object.fromEntries([...variables.keys()].map((name) => [name, toBits(trace, read(trace, name))])),
      },
    },
  });
}

/** Side of the squares in which a panel is mirrored: what they read and write stays in the processor's cache. */
const TILE = 64;

/** Puts the panel [rows, d − start], rows and columns from `start` on, into the symmetric matrix [d, d]. */
function mirror(panel: Float64Array, start: number, matrix: Float64Array, d: number): void {
  const width = d - start;
  const end = start + panel.length / width;
  for (let top = start; top < end; top += TILE) {
    for (let left = top; left < d; left += TILE) {
      for (let i = top; i < Math.min(end, top + TILE); i++) {
        for (let j = Math.max(i, left); j < Math.min(d, left + TILE); j++) {
          matrix[i * d + j] = matrix[j * d + i] = panel[(i - start) * width + j - start]!;
        }
      }
    }
  }
}

const dtype = { dtype: { type: 'float64' } } as const;

const read = (trace: Trace, variable: string): string =>
  trace.node('ReadVariableOp', [trace.handle(variable)], dtype);

const assign = (trace: Trace, variable: string, value: string): string =>
  trace.effect('AssignVariableOp', [trace.handle(variable), value], dtype);

const add = (trace: Trace, variable: string, value: string): string =>
  trace.effect('AssignAddVariableOp', [trace.handle(variable), value], dtype);

function zeros(trace: Trace, shape: readonly number[]): string {
  const zero = widened(trace, tf.scalar(0));
  const sizes = trace.output(tf.tensor1d([...shape], 'int32'));
  return trace.node('Fill', [sizes, zero], { T: { type: 'float64' }, index_type: { type: 'int32' } });
}

/** `count` columns of a matrix. */
function columns(trace: Trace, matrix: string, start: number, count: number): string {
  const bounds = [tf.tensor1d([0, start], 'int32'), tf.tensor1d([-1, count], 'int32')];
  return trace.node('Slice', [matrix, ...bounds.map((bound) => trace.output(bound))], {
    T: { type: 'float64' },
    Index: { type: 'int32' },
  });
}
