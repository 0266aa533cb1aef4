/**
 * Aggregation of many clients as a tree: groups of them are averaged, each by a step of its own, and their averages by
 * another one. No step then has more than `FAN_IN` inputs, and what is lost with a worker is one group's average.
 */
import { type StrategySettings, strategyOf } from './index.ts';

/** Most models that one step averages. */
export const FAN_IN = 32;

/** Strategies of the two levels. */
export interface Tree {
  readonly groups: StrategySettings;
  readonly root: StrategySettings;
}

/**
 * How `settings` is done in two levels; null where it cannot be, since it looks at all clients at once. Weights of averages
 * add up, so the result is that of one step but for rounding: a group's average is stored in float32.
 */
export function treeOf(settings: StrategySettings): Tree | null {
  const { server, whole } = strategyOf(settings);
  if (whole) return null;
  // A server takes one step, from the average of all; a rule of weights is about clients, not about groups.
  const average = { kind: 'fedavg' } as const;
  return server === null ? { groups: settings, root: average } : { groups: average, root: settings };
}

/** In order, as few groups as possible, and as equal as possible. */
export function groupsOf<T>(clients: readonly T[]): T[][] {
  const groups = Math.ceil(clients.length / FAN_IN);
  const start = (group: number) => Math.floor((group * clients.length) / groups);
  return Array.from({ length: groups }, (_, group) => clients.slice(start(group), start(group + 1)));
}
