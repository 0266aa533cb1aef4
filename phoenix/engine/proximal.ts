/** FedProx's proximal term inside the graph (Li et al. 2020, eq. 2): it holds a client near the global weights. */
import { tf, type Tensor } from './backend.ts';
import type { Trace } from './trace.ts';

export interface ProximalSettings {
  readonly mu: number;
  /** Which parameters are held: those that have global weights. */
  readonly parameters: readonly string[];
}

type Values = ReadonlyMap<string, Tensor>;

interface Objective {
  readonly loss: Tensor;
  readonly gradients: Values;
}

const globalName = (name: string) => `global/${name}`;

/** The same values under the names of the variables with the global weights. */
export function globalsOf<T>(values: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...values].map(([name, value]) => [globalName(name), value]));
}

/**
 * μ/2·‖w − w_g‖², the square over all parameters in `globals` as one vector, and its gradient μ·(w − w_g), by hand: the
 * tape would go over the weights twice more. Weights that are not in `globals` have no part in it.
 *
 * @returns the term, a scalar, and a gradient for each of `globals`
 */
export function proximal(weights: Values, globals: Values, mu: number): { term: Tensor; gradients: Values } {
  const away = new Map([...globals].map(([name, global]) => [name, weights.get(name)!.sub(global)] as const));
  const squares = [...away.values()].map((difference) => difference.square().sum());
  return {
    term: tf.addN(squares).mul(mu / 2),
    gradients: new Map([...away].map(([name, difference]) => [name, difference.mul(mu)] as const)),
  };
}

/** The objective with the proximal term, of weights [shape of each parameter] and the variables with the global ones. */
export function withProximal(
  { loss, gradients }: Objective,
  weights: Values,
  { mu, parameters }: ProximalSettings,
  trace: Trace,
): Objective {
  const globals = new Map(parameters.map((name) => [name, trace.read(globalName(name))] as const));
  const pull = proximal(weights, globals, mu);
  const sums = parameters.map((name) => [name, gradients.get(name)!.add(pull.gradients.get(name)!)] as const);
  return { loss: loss.add(pull.term), gradients: new Map([...gradients, ...sums]) };
}
