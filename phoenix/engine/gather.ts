/** Look-ups by index inside a graph. tfjs' own `gather` reads the indices to check them, which a graph cannot. */
import { tf, type Tensor } from './backend.ts';
import type { TensorSpec, Trace } from './trace.ts';

/** Elements of a constant float32 table [n] at `indices` (int32, any shape): float32 of the indices' shape. */
export function lookUp(trace: Trace, table: Float32Array, indices: Tensor): Tensor {
  const inputs = [tf.tensor1d(table), indices, tf.scalar(0, 'int32')].map((tensor) => trace.output(tensor));
  const gathered = trace.node('GatherV2', inputs, {
    Tparams: { type: 'float32' },
    Tindices: { type: 'int32' },
    Taxis: { type: 'int32' },
    batch_dims: { i: 0 },
  });
  return trace.standIn(gathered, { shape: indices.shape, dtype: 'float32' });
}

/**
 * Rows of a uint8 variable at `indices` (int32 [batch]), converted to `spec.dtype`: [batch, ...row shape]. Only the
 * batch leaves the variable.
 */
export function gatherRows(trace: Trace, variable: string, indices: Tensor, spec: TensorSpec): Tensor {
  const gathered = trace.node('ResourceGather', [trace.handle(variable), trace.output(indices)], {
    dtype: { type: 'uint8' },
    Tindices: { type: 'int32' },
    batch_dims: { i: 0 },
    validate_indices: { b: true },
  });
  const cast = trace.node('Cast', [gathered], {
    SrcT: { type: 'uint8' },
    DstT: { type: spec.dtype },
    Truncate: { b: false },
  });
  return trace.standIn(cast, spec);
}
