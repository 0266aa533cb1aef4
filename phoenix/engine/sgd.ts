/** Stochastic gradient descent inside the graph, with momentum as PyTorch defines it. */
import { tf } from './backend.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * b ← momentum·b + g, w ← w − rate·b, with b, zero at first, in `${scope}/momentum/NAME`, of the parameter's shape. The
 * rate is not part of b, so that a changed rate holds for the whole step at once. Momentum 0 keeps no variables.
 */
export function sgd({ momentum }: { readonly momentum: number }, scope = 'sgd'): Optimizer {
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
        const [weight, step] = [trace.handle(name), trace.output(gradient)];
        if (momentum === 0) {
          trace.effect('ResourceApplyGradientDescent', [weight, rate, step], type);
        } else {
          // The Keras variant of this op keeps rate·gradient in b, where old steps would retain old rates.
          trace.effect(
            'ResourceApplyMomentum',
            [weight, trace.handle(buffer(name)), rate, step, trace.output(tf.scalar(momentum))],
            { ...type, use_nesterov: { b: false } },
          );
        }
      }
    },
  };
}
