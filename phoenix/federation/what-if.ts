/**
 * What another rule of filtering would have made of the metrics that a run has recorded. Nothing is trained: the metrics
 * are those of the federation as it really was, also from where the two would have parted.
 */
import type { RoundRecord, RunDocument } from './records.ts';
import { actsDuring, thresholdIn, withClientsMoved } from './steering.ts';
import { activeClients, applyRound, emptyLedger, type FilteringRule, type Ledger } from './strikes.ts';

/** What is replayed of a run. */
export type Recorded = Pick<RunDocument, 'ledger' | 'steering'> & {
  readonly rounds: readonly Pick<RoundRecord, 'round' | 'clients' | 'poor' | 'removed' | 'ledger'>[];
};

/** What came of a round, really or by the other rule. */
export interface Judgement {
  readonly poor: readonly number[];
  readonly removed: readonly number[];
  /** As the next round begins, with what was done by hand. */
  readonly ledger: Ledger;
}

export interface ReplayedRound {
  readonly round: number;
  /** Clients with metrics of their own (ascending). */
  readonly measured: readonly number[];
  /** Clients that this rule would have judged, and that have no metrics: removed in reality, or away from this round. */
  readonly missing: readonly number[];
  readonly really: Judgement;
  readonly whatIf: Judgement;
}

/**
 * Clients that would have been removed count no more, whatever they really did afterwards; clients without metrics are
 * not judged. What was done by hand was done in both. The run's own rule gives what really happened.
 */
export function replay({ ledger, rounds, steering }: Recorded, rule: FilteringRule): ReplayedRound[] {
  const byHand = (round: number, verdict: Ledger): Ledger =>
    withClientsMoved(verdict, actsDuring(round, steering));
  let now = byHand(0, emptyLedger(ledger.clients.length));
  return rounds.map(({ round, clients, poor, removed, ledger: verdict }) => {
    const metrics = clients.flatMap(({ client, metrics: own }) => (own ? [{ ...own, client }] : []));
    const measured = metrics.map(({ client }) => client).toSorted((a, b) => a - b);
    const judging = round >= rule.startRound;
    const missing = judging ? activeClients(now).filter((client) => !measured.includes(client)) : [];
    const threshold = rule.rule === 'threshold' ? thresholdIn(round, rule.threshold, steering) : null;
    const other = applyRound(now, { ...rule, threshold }, round, metrics);
    now = byHand(round, other.ledger);
    return {
      round,
      measured,
      missing,
      really: { poor, removed, ledger: byHand(round, verdict) },
      whatIf: { ...other, ledger: now },
    };
  });
}

/** Where the two federations part: the first round that would have had other clients; null: none so far. */
export function partingRound(
  rounds: readonly ReplayedRound[],
): { readonly round: number; readonly stillThere: number[]; readonly goneAlready: number[] } | null {
  for (const { round, really, whatIf } of rounds) {
    const [real, other] = [activeClients(really.ledger), activeClients(whatIf.ledger)];
    const stillThere = real.filter((client) => !other.includes(client));
    const goneAlready = other.filter((client) => !real.includes(client));
    if (stillThere.length + goneAlready.length > 0) return { round: round + 1, stillThere, goneAlready };
  }
  return null;
}
