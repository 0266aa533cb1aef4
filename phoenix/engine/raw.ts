/** TensorFlow ops by their own names, for what tfjs does not offer. They run, and are traced, like those of tfjs. */
import { backend, binding, type Tensor } from './backend.ts';

/** Attributes in the addon's form. */
export const attribute = {
  float32: (name = 'T') => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }),
  bool: (name: string, value: boolean) => ({ name, type: binding.TF_ATTR_BOOL, value }),
} as const;

/** The first result of an op. It is not on the gradient tape: call it inside `tf.customGrad`. */
export function raw(
  op: string,
  inputs: readonly Tensor[],
  attributes: readonly { name: string; type: number; value: unknown }[],
): Tensor {
  return backend.executeSingleOutput(op, [...attributes], [...inputs]);
}

/** Matrix product of [n, k] and [k, m], either transposed first where asked. */
export const matrixProduct = (a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor =>
  raw(
    'MatMul',
    [a, b],
    [
      attribute.bool('transpose_a', transposeA),
      attribute.bool('transpose_b', transposeB),
      attribute.float32(),
    ],
  );
