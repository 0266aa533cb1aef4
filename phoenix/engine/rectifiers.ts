/**
 * Rectified activations. Their gradients are TensorFlow's own ops, where tfjs composes them from several, and take the
 * activation's output, which has the sign of its input: so the input's memory can be reused.
 */
import type { Tensor } from './backend.ts';
import type { Attributes } from './graph.ts';
import { recordedOp } from './recorded-op.ts';
import type { Trace } from './trace.ts';

/** max(x, 0) */
export const relu = (x: Tensor, trace: Trace): Tensor => rectified('Relu', x, {}, trace);

/** x where it is positive, elsewhere slope·x; 0 < slope < 1 */
export const leakyRelu = (x: Tensor, slope: number, trace: Trace): Tensor =>
  rectified('LeakyRelu', x, { alpha: { f: slope } }, trace);

function rectified(op: string, x: Tensor, settings: Attributes, trace: Trace): Tensor {
  const attributes = { T: { type: 'float32' }, ...settings } as const;
  const y = trace.node(op, [trace.output(x)], attributes);
  return recordedOp(trace, y, [x], (dy) => [trace.node(`${op}Grad`, [dy, y], attributes)]);
}
