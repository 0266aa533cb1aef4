/** Averages of clipped updates. */
import { updateNorms } from '../strategies/measures.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { clippingFactor } from './clipping.ts';

/** Whether it averages models by weights that do not depend on what is in them: only then is it known what one can change. */
export const averagesClients = ({ measure, whole }: Strategy): boolean => measure === null && !whole;

/**
 * The same strategy, with updates that are no longer than `clip`. The average of x + f_k·(x_k − x) with weights w_k is what it is
 * written as: a mean of the clients' models, with weights f_k·w_k, and of x, with the weight that they lack.
 *
 * @param strategy one that averages clients
 */
export const clipped = (strategy: Strategy, clip: number): Strategy => ({
  ...strategy,
  needs: [...strategy.needs, 'global'],
  measure: updateNorms,
  /** @throws RangeError when an update is not finite */
  weigh(updates, squaredNorms) {
    const { global, clients } = strategy.weigh(updates, new Float64Array());
    const kept = clients.map((weight, k) => weight * clippingFactor(Math.sqrt(squaredNorms[k]!), clip));
    return { global: global + sum(clients) - sum(kept), clients: kept };
  },
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
