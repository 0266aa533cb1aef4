/** Gradient descent on the gradient of many batches at once: what a client of FedSGD does (McMahan et al. 2017, §2). */
import { clipByGlobalNorm } from './clip.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

/**
 * Each batch adds rate·gradient to g, zero at first, in `mean/NAME`, of the parameter's shape; weights stay. With each
 * batch's share of the images as its rate, g is then the gradient of the mean over all of them. At the end, w ← w − rate·g.
 *
 * @param clipNorm largest norm of g as one vector, before the step; null: g is left alone
 */
export function fullGradientDescent(clipNorm: number | null): Optimizer {
  const mean = (name: string) => `mean/${name}`;

  const variables: Optimizer['variables'] = (parameters) =>
    new Map([...parameters].map(([name, spec]) => [mean(name), spec] as const));

  return {
    variables,

    initialState: (parameters) => new Map([...variables(parameters).keys()].map((name) => [name, 0])),

    apply: (trace, gradients, rate) => {
      for (const [name, gradient] of gradients) {
        const share = trace.output(gradient.mul(rate));
        trace.effect('AssignAddVariableOp', [trace.handle(mean(name)), share], {
          dtype: { type: 'float32' },
        });
      }
    },

    finish: (trace, parameters, rate) => {
      const full = new Map([...parameters.keys()].map((name) => [name, trace.read(mean(name))] as const));
      const gradients = clipNorm === null ? full : clipByGlobalNorm(full, clipNorm).clipped;
      sgd({ momentum: 0 }).apply(trace, gradients, rate);
    },
  };
}
