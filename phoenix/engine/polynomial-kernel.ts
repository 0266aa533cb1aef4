/** Sums of the kernel (x·y/d + 1)³ over pairs of rows, in float64. */
import { tf } from './backend.ts';
import { compile, type Program } from './compile.ts';
import {
  columnHalves,
  float64Of,
  float64Op,
  product64,
  reduce64,
  sum64,
  toBits,
  widened,
} from './float64.ts';
import type { Trace } from './trace.ts';

/** Owns memory outside the JavaScript heap: call `dispose` when done. */
export class PolynomialKernel {
  readonly #program: Program;

  /** @param dimensions d, values of a row */
  constructor(dimensions: number) {
    const rows = { shape: [-1, dimensions], dtype: 'float32' } as const;
    this.#program = compile({
      variables: new Map(),
      functions: {
        pairs: {
          inputs: { x: rows, y: rows },
          body: ({ x, y }, trace) => {
            const products = productsOfRows(trace, widened(trace, x!), widened(trace, y!), dimensions);
            return { sum: toBits(trace, sumOfCubes(trace, products, dimensions, [0, 1])) };
          },
        },
        same: {
          inputs: { x: rows },
          body: ({ x }, trace) => {
            const squares = float64Op(trace, 'Square', widened(trace, x!));
            const products = reduce64(trace, 'Sum', squares, tf.tensor1d([1], 'int32'));
            return { sum: toBits(trace, sumOfCubes(trace, products, dimensions, [0])) };
          },
        },
      },
    });
  }

  /** Over all pairs of a row of `x` [m, d] and one of `y` [n, d]. */
  pairs(x: Float32Array, y: Float32Array): number {
    return float64Of(this.#program.run('pairs', { x, y })['sum']!)[0]!;
  }

  /** Over the pairs of each row of `x` and itself. */
  same(x: Float32Array): number {
    return float64Of(this.#program.run('same', { x })['sum']!)[0]!;
  }

  dispose(): void {
    this.#program.dispose();
  }
}

/** x·yᵀ [m, n] */
function productsOfRows(trace: Trace, x: string, y: string, d: number): string {
  const right = columnHalves(trace, y, d);
  const products = columnHalves(trace, x, d).map((left, k) =>
    product64(trace, left, right[k]!, { transposeB: true }),
  );
  return sum64(trace, products);
}

function sumOfCubes(trace: Trace, products: string, d: number, axes: number[]): string {
  const dimensions = widened(trace, tf.scalar(d));
  const base = float64Op(
    trace,
    'AddV2',
    float64Op(trace, 'RealDiv', products, dimensions),
    widened(trace, tf.scalar(1)),
  );
  const cubes = float64Op(trace, 'Mul', float64Op(trace, 'Square', base), base);
  return reduce64(trace, 'Sum', cubes, tf.tensor1d(axes, 'int32'));
}
