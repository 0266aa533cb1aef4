/** Functions with a gradient written by hand, where the tape's own would be slow or cannot exist. */
import { tf, type Tensor } from './backend.ts';

/**
 * @param forward the result, from the arguments; what it hands to `keep` is there for the gradient
 * @param backward gradients with respect to each argument, from the result's gradient, the arguments and what was kept
 */
export function differentiable(
  forward: (inputs: readonly Tensor[], keep: (tensors: readonly Tensor[]) => void) => Tensor,
  backward: (dy: Tensor, inputs: readonly Tensor[], kept: readonly Tensor[]) => Tensor[],
): (...inputs: readonly Tensor[]) => Tensor {
  const custom = tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as Tensor[];
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    let kept: readonly Tensor[] = [];
    const value = forward(inputs, (tensors) => (kept = tensors));
    save([...inputs, ...kept]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) =>
      backward(dy, saved.slice(0, inputs.length), saved.slice(inputs.length));
    return { value, gradFunc: gradFunc as (dy: Tensor, saved: Tensor[]) => Tensor[] };
  });
  return (...inputs) => custom(...(inputs as Tensor[])) as Tensor;
}
