import type { PoorRule } from './poor-rule.ts';

/**
 * Whoever is below a number that is set beforehand (paper Table 4: 0.7, 0.6), in every metric that counts.
 *
 * @throws RangeError without a threshold
 */
export const threshold: PoorRule = (ranked, { threshold: limit }) => {
  if (limit === null) throw new RangeError('the rule "threshold" needs a threshold');
  return ranked.filter(({ values }) => values.every((value) => value < limit));
};
