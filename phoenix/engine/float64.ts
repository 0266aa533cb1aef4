/**
 * float64 inside a graph. The addon takes and gives no tensors of this type, so they cross the border as their bits:
 * int32 with a last dimension of two, which `Bitcast` reads as one double. Nothing is rounded on the way.
 *
 * tfjs has no float64 either: between the borders such values are graph outputs, by name.
 */
import { tf, type Tensor } from './backend.ts';
import type { Values } from './graph.ts';
import type { TensorSpec, Trace } from './trace.ts';

const T = { T: { type: 'float64' } } as const;

/** A fed float64 tensor of `shape`: what `FunctionSpec.inputs` says of it. */
export const float64Input = (shape: readonly number[]): TensorSpec => ({
  shape: [...shape, 2],
  dtype: 'int32',
});

/** What is fed for float64 values: the same memory. */
export const bitsOf = (values: Float64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length);

/** The float64 values of what a graph gave through {@link toBits}: the same memory, unless it begins in the middle of a double. */
export function float64Of(bits: Values): Float64Array {
  const { buffer, byteOffset, length } = bits.byteOffset % 8 === 0 ? bits : bits.slice();
  return new Float64Array(buffer, byteOffset, length / 2);
}

export const fromBits = (trace: Trace, bits: Tensor): string =>
  trace.node('Bitcast', [trace.output(bits)], { T: { type: 'int32' }, type: { type: 'float64' } });

/** A tensor for a function to return; its shape in the graph is that of `output` and 2. */
export function toBits(trace: Trace, output: string): Tensor {
  const bits = trace.node('Bitcast', [output], { ...T, type: { type: 'int32' } });
  return trace.standIn(bits, { shape: [2], dtype: 'int32' });
}

/** A float32 tensor in float64. */
export const widened = (trace: Trace, tensor: Tensor): string =>
  trace.node('Cast', [trace.output(tensor)], {
    SrcT: { type: 'float32' },
    DstT: { type: 'float64' },
    Truncate: { b: false },
  });

/** Records an op whose one type is float64. */
export const float64Op = (trace: Trace, op: string, ...inputs: string[]): string => trace.node(op, inputs, T);

/** Matrix product; either side transposed first where asked. */
export const product64 = (
  trace: Trace,
  a: string,
  b: string,
  { transposeA = false, transposeB = false } = {},
): string =>
  trace.node('MatMul', [a, b], { ...T, transpose_a: { b: transposeA }, transpose_b: { b: transposeB } });

/** Sum over the axes, or their mean. */
export const reduce64 = (trace: Trace, op: 'Sum' | 'Mean', values: string, axes: Tensor): string =>
  trace.node(op, [values, trace.output(axes)], { ...T, Tidx: { type: 'int32' }, keep_dims: { b: false } });

/**
 * The columns of a matrix [n, d] in two halves; one column stays whole. A product keeps one core busy: products over half
 * of d each run side by side, and add up.
 */
export function columnHalves(trace: Trace, matrix: string, d: number): string[] {
  if (d === 1) return [matrix];
  const half = Math.floor(d / 2);
  const sizes = trace.output(tf.tensor1d([half, d - half], 'int32'));
  const axis = trace.output(tf.scalar(1, 'int32'));
  const split = trace.node('SplitV', [matrix, sizes, axis], {
    ...T,
    Tlen: { type: 'int32' },
    num_split: { i: 2 },
  });
  return [split, `${split}:1`];
}

export const sum64 = (trace: Trace, terms: readonly string[]): string =>
  trace.node('AddN', terms, { ...T, N: { i: terms.length } });
