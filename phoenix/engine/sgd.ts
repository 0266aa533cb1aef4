/** Stochastic gradient descent inside the graph, with momentum and weight decay as PyTorch defines them. */
import { tf } from './backend.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdSettings {
  /** 0 keeps no variables. */
  readonly momentum: number;
  /** Whether a step looks ahead along the momentum. */
  readonly nesterov?: boolean;
  /** Share of a kernel that is added to its gradient; vectors (biases, normalisation) do not decay. */
  readonly weightDecay?: number;
}

/**
 * b ← momentum·b + g, w ← w − rate·b (Nesterov: w − rate·(g + momentum·b)), with b, zero at first, in
 * `${scope}/momentum/NAME`, of the parameter's shape. The rate is not part of b, so that a changed rate holds for the
 * whole step at once.
 */
export function sgd({ momentum, nesterov = false, weightDecay = 0 }: SgdSettings, scope = 'sgd'): Optimizer {
  const buffer = (name: string) => `${scope}/momentum/${name}`;

  const variables: Optimizer['variables'] = (parameters) =>
    new Map(momentum === 0 ? [] : [...parameters].map(([name, spec]) => [buffer(name), spec] as const));

  return {
    variables,

    initialState: (parameters) => new Map([...variables(parameters).keys()].map((name) => [name, 0])),

    apply: (trace, gradients, learningRate) => {
      const rate = trace.output(learningRate);
      const type = { T: { type: 'float32' }, use_locking: { b: false } } as const;
      for (const [name, gradient] of gradients) {
        const decays = weightDecay > 0 && gradient.rank > 1;
        const step = trace.output(decays ? gradient.add(trace.read(name).mul(weightDecay)) : gradient);
        const weight = trace.handle(name);
        if (momentum === 0) {
          trace.effect('ResourceApplyGradientDescent', [weight, rate, step], type);
        } else {
          // The Keras variant of this op keeps rate·gradient in b, where old steps would retain old rates.
          trace.effect(
            'ResourceApplyMomentum',
            [weight, trace.handle(buffer(name)), rate, step, trace.output(tf.scalar(momentum))],
            { ...type, use_nesterov: { b: nesterov } },
          );
        }
      }
    },
  };
}
