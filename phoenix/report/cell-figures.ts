/** What a cell of a sweep has come to. */
import type { Metrics } from '../federation/metrics.ts';
import { lastRound } from '../federation/steering.ts';
import type { CellProgress } from '../federation/sweep.ts';
import { lastMetrics } from './groups.ts';

/** Rounds that are over, and that there will be, which may have been changed by hand since the cell was begun. */
export function roundsOf({ rounds, document }: Pick<CellProgress, 'rounds' | 'document'>): {
  readonly done: number;
  readonly total: number;
} {
  return { done: document?.rounds.length ?? 0, total: lastRound(rounds, document?.steering ?? []) };
}

/** Of the newest round that was measured; null before there is one. */
export const newestMetrics = ({ document }: Pick<CellProgress, 'document'>): Metrics | null =>
  document && lastMetrics(document);

/** A cell can be held alone. */
export const stateInWords = ({ state, document }: Pick<CellProgress, 'state' | 'document'>): string =>
  state === 'running' && document?.paused ? 'paused' : state;
