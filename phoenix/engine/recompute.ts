/**
 * Gradient checkpointing (Chen et al. 2016): what lies between the inputs and the output of a part of a network is not
 * kept for the gradient but computed a second time, once the gradient has come so far.
 */
import { tf, type Tensor } from './backend.ts';
import type { Parameters } from './layers.ts';
import type { Trace } from './trace.ts';

/** A part of a network: differentiable in its inputs and in every parameter it is said to have, all of them float32. */
export type Part = (p: Parameters, ...inputs: Tensor[]) => Tensor;

/**
 * `part` with its inner results computed again for its gradient, as far as that needs them.
 *
 * @param names the parameters of `part`
 */
export function recomputed(
  trace: Trace,
  parameters: Parameters,
  names: readonly string[],
  part: Part,
): (...inputs: Tensor[]) => Tensor {
  const run = (...all: Tensor[]) => {
    const inputs = all.slice(names.length);
    return part((name) => all[names.indexOf(name)]!, ...inputs);
  };
  const operation = tf.customGrad((...args) => {
    const all = args.slice(0, -1) as Tensor[];
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    save(all);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      // Nothing else would hold these ops back until the gradient needs them.
      const late = saved.map((tensor) => trace.after(tensor, dy));
      return withTapePutBack(() => tf.grads(run)(late, dy));
    };
    return { value: run(...all), gradFunc: gradFunc as (dy: Tensor, saved: Tensor[]) => Tensor[] };
  });
  return (...inputs) => operation(...names.map(parameters), ...inputs) as Tensor;
}

/** tfjs drops its tape after the outermost gradient, which it takes this one for: it comes while the tape is read, not written. */
function withTapePutBack<T>(body: () => T): T {
  const { state } = tf.engine();
  const { activeTape } = state;
  const value = body();
  if (activeTape) state.activeTape = activeTape;
  return value;
}
