/** Cholesky factors and eigenvalues of symmetric matrices [d, d] in float64. */
import { tf } from './backend.ts';
import { compile, type Program } from './compile.ts';
import {
  bitsOf,
  columnHalves,
  float64Input,
  float64Of,
  float64Op,
  fromBits,
  product64,
  sum64,
  toBits,
} from './float64.ts';

/** Owns memory outside the JavaScript heap: call `dispose` when done. */
export class SymmetricMatrices {
  readonly #program: Program;

  constructor(dimensions: number) {
    const matrix = float64Input([dimensions, dimensions]);
    const T = { T: { type: 'float64' } } as const;
    this.#program = compile({
      variables: new Map(),
      functions: {
        cholesky: {
          inputs: { matrix },
          body: (inputs, trace) => {
            const lower = float64Op(trace, 'Cholesky', fromBits(trace, inputs['matrix']!));
            const order = trace.output(tf.tensor1d([1, 0], 'int32'));
            const upper = trace.node('Transpose', [lower, order], { ...T, Tperm: { type: 'int32' } });
            return { upper: toBits(trace, upper) };
          },
        },
        eigenvalues: {
          inputs: { rows: float64Input([-1, dimensions]), matrix },
          body: (inputs, trace) => {
            const rows = fromBits(trace, inputs['rows']!);
            const matrixHalves = columnHalves(trace, fromBits(trace, inputs['matrix']!), dimensions);
            const terms = columnHalves(trace, rows, dimensions).map((half, k) =>
              product64(trace, product64(trace, rows, matrixHalves[k]!), half, { transposeB: true }),
            );
            const whole = sum64(trace, terms);
            const values = trace.node('SelfAdjointEigV2', [whole], { ...T, compute_v: { b: false } });
            return { values: toBits(trace, values) };
          },
        },
      },
    });
  }

  /** The upper factor U [d, d] with UᵀU = `matrix`; NaN in it where the matrix is not positive definite. */
  cholesky(matrix: Float64Array): Float64Array {
    return float64Of(this.#program.run('cholesky', { matrix: bitsOf(matrix) })['upper']!);
  }

  /** Eigenvalues of A·`matrix`·Aᵀ, ascending: [r], for `rows` A [r, d]. */
  eigenvalues(rows: Float64Array, matrix: Float64Array): Float64Array {
    const inputs = { rows: bitsOf(rows), matrix: bitsOf(matrix) };
    return float64Of(this.#program.run('eigenvalues', inputs)['values']!);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
