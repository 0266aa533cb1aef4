/** Gradients by tfjs' tape. */
import { tf, type Tensor } from './backend.ts';

/** Value and gradients of a scalar loss with respect to named parameters. */
export function gradients(
  loss: (parameters: ReadonlyMap<string, Tensor>) => Tensor,
  parameters: ReadonlyMap<string, Tensor>,
): { loss: Tensor; gradients: Map<string, Tensor> } {
  const names = [...parameters.keys()];
  const rebuild = (values: readonly Tensor[]) => new Map(names.map((name, k) => [name, values[k]!] as const));
  const result = tf.valueAndGrads((...values: Tensor[]) => loss(rebuild(values)))([...parameters.values()]);
  return { loss: result.value, gradients: rebuild(result.grads) };
}
