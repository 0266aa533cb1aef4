/** Recorded nodes on tfjs' gradient tape: for ops that tfjs does not know, or whose gradient it composes wastefully. */
import { tf, type Tensor } from './backend.ts';
import type { Trace } from './trace.ts';

/**
 * The first output of `node`, a float32 tensor of `inputs[0]`'s shape that is differentiable in `inputs`. `gradient`
 * gets the graph output that holds the gradient of this tensor, and returns those of all `inputs`, of their shapes.
 */
export function recordedOp(
  trace: Trace,
  node: string,
  inputs: readonly Tensor[],
  gradient: (dy: string) => readonly string[],
): Tensor {
  const like = (output: string, { shape }: Tensor) => trace.standIn(output, { shape, dtype: 'float32' });
  const operation = tf.customGrad(() => ({
    value: like(node, inputs[0]!),
    gradFunc: (dy: Tensor) => gradient(trace.output(dy)).map((output, k) => like(output, inputs[k]!)),
  }));
  return operation(...inputs);
}
