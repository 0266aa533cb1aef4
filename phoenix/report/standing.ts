/** What a round meant for a client's standing, in words that tables and the page share. */
import type { RoundSummary } from '../federation/records.ts';

/**
 * @returns null while all is well; "poor, 1 in a row"; "poor, 2 in a row: removed"
 */
export function standingAfter(
  rounds: readonly Pick<RoundSummary, 'round' | 'poor' | 'removed'>[],
  round: number,
  client: number,
): string | null {
  const upToNow = rounds.filter((one) => one.round <= round).toSorted((a, b) => b.round - a.round);
  const firstGood = upToNow.findIndex(({ poor }) => !poor.includes(client));
  const strikes = firstGood === -1 ? upToNow.length : firstGood;
  if (strikes === 0) return null;
  return `poor, ${strikes} in a row${upToNow[0]!.removed.includes(client) ? ': removed' : ''}`;
}
