/** What a client's standing is, in words that tables, the page and the web UI share. */
import type { LateClient } from './stragglers.ts';
import type { Ledger, Removal } from './strikes.ts';

/**
 * Of a client that took part in a round.
 *
 * @param ledger as the round's verdict left it
 * @returns null while all is well; "poor, 1 in a row"; "poor, 2 in a row: removed, back in round 8"
 */
export function standingIn(ledger: Ledger, client: number): string | null {
  const { strikes, removal } = ledger.clients.find((standing) => standing.client === client)!;
  if (strikes === 0) return null;
  return `poor, ${strikes} in a row${removal ? `: removed${comesBack(removal)}` : ''}`;
}

/** ", back in round 8"; nothing where the client does not come back. */
export const comesBack = ({ returnsIn }: Removal): string =>
  returnsIn === undefined ? '' : `, back in round ${returnsIn}`;

/** "late, after 12 of 40 steps" */
export const lateness = ({ done, total }: LateClient): string =>
  total === 0 ? 'late' : `late, after ${done} of ${total} steps`;
