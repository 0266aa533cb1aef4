import type { PoorRule } from './poor-rule.ts';

/** An average is not exact: a client at the average must not count as below it. */
const ROUNDING = 1e-12;

/** Whoever is below the round's average (paper §3.2.2), in every metric that counts. */
export const average: PoorRule = (ranked) => {
  const averageOf = (metric: number): number =>
    ranked.reduce((sum, { values }) => sum + values[metric]!, 0) / ranked.length;
  const limits = ranked[0]?.values.map((_, metric) => averageOf(metric) - ROUNDING) ?? [];
  return ranked.filter(({ values }) => values.every((value, metric) => value < limits[metric]!));
};
