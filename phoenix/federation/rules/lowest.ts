import type { PoorRule } from './poor-rule.ts';

/** The one lowest client of the round ("lowest precision", paper Table 4); by both metrics, the lowest mean of the two. */
export const lowest: PoorRule = (ranked) => ranked.slice(0, 1);
