/**
 * Threshold filtering: clients whose samples stay poor for several rounds in a row are disconnected, for good or for
 * some rounds (paper §3.2.2, §4.2.2, "two strikes"). Pure: (ledger, this round's metrics) → ledger.
 */
import { poorRules } from './rules/index.ts';
import type { Judged } from './rules/poor-rule.ts';

export interface ClientMetrics {
  readonly client: number;
  /** Of samples from the client's own model after local training, 0..1. */
  readonly precision: number;
  readonly recall: number;
}

/** When a client is disconnected. Structurally the `filtering` part of an experiment's settings. */
export interface FilteringRule {
  /** Poor is: the round's one lowest client; below `threshold`; below the round's average. */
  readonly rule: keyof typeof poorRules;
  /** With rule `threshold` only. */
  readonly threshold: number | null;
  /**
   * `both`: poor by precision and by recall ("subpar precision and recall", paper §4.2.2), each against the threshold or
   * its own average; the lowest client, and the order of removals, go by the mean of the two.
   */
  readonly metric: 'precision' | 'recall' | 'both';
  /** Consecutive poor rounds that end in removal. */
  readonly strikes: number;
  /** First round, from 1, whose metrics count. */
  readonly startRound: number;
  /** Removals stop here; the last client is never removed, whatever this says. */
  readonly minimumClients: number;
  /** For good, or for `skipRounds` rounds, after which the client is back with a clean sheet. */
  readonly removal: 'permanent' | 'temporary';
  /** With temporary removals only, from 1. */
  readonly skipRounds: number | null;
}

export interface Removal {
  /** Its last update was aggregated in this round (0: it never trained), the next round goes without it. */
  readonly afterRound: number;
  /** By the rule, or by somebody who disconnected it. */
  readonly by: 'rule' | 'hand';
  /** The round from which it takes part again; absent: none. */
  readonly returnsIn?: number;
}

export interface Standing {
  readonly client: number;
  /** Consecutive poor rounds so far, at most those that end in removal. Rounds in which it was not judged do not count. */
  readonly strikes: number;
  /** Null while the client takes part. */
  readonly removal: Removal | null;
}

/** The standing of every client that the run started with, by ascending id. */
export interface Ledger {
  readonly clients: readonly Standing[];
}

export interface RoundVerdict {
  /** As the next round begins. */
  readonly ledger: Ledger;
  /** Clients marked poor in this round, and those it removed (ascending). */
  readonly poor: readonly number[];
  readonly removed: readonly number[];
}

/** The ledger of clients 0 … `clients` − 1 before any round. */
export function emptyLedger(clients: number): Ledger {
  return { clients: Array.from({ length: clients }, (_, client) => ({ client, strikes: 0, removal: null })) };
}

/** Ids of the clients that take part in the next round, ascending. */
export function activeClients(ledger: Ledger): number[] {
  return ledger.clients.filter((standing) => standing.removal === null).map((standing) => standing.client);
}

/** The ledger as `round` begins: who was away until then takes part again, with a clean sheet. */
export function withReturns(ledger: Ledger, round: number): Ledger {
  return {
    clients: ledger.clients.map((standing) =>
      (standing.removal?.returnsIn ?? Infinity) <= round
        ? { client: standing.client, strikes: 0, removal: null }
        : standing,
    ),
  };
}

/**
 * Judges one round. A poor client gets a strike, a good one loses all of its strikes, a client without
 * metrics keeps its standing. Clients that have reached `rule.strikes` are removed, the lowest metric first
 * (ties: the lowest id), until only `minimumClients` would be left; those who come back with the next round
 * are not counted among them. The order of `metrics` does not matter; metrics of clients that are removed or
 * unknown do not count.
 *
 * Before `rule.startRound` nobody is judged.
 *
 * @throws RangeError when the rule lacks the threshold or the number of rounds that it needs
 */
export function applyRound(
  ledger: Ledger,
  rule: FilteringRule,
  round: number,
  metrics: readonly ClientMetrics[],
): RoundVerdict {
  if (round < rule.startRound) return { ledger: withReturns(ledger, round + 1), poor: [], removed: [] };

  const active = new Set(activeClients(ledger));
  const ranked = rankedBy(
    rule.metric,
    metrics.filter(({ client }) => active.has(client)),
  );
  const judged = new Set(ranked.map(({ client }) => client));
  const poor = poorRules[rule.rule](ranked, rule).map(({ client }) => client);

  const strikesOf = ({ client, strikes }: Standing): number => {
    if (!judged.has(client)) return strikes;
    return poor.includes(client) ? Math.min(strikes + 1, rule.strikes) : 0;
  };
  const strikes = new Map(ledger.clients.map((standing) => [standing.client, strikesOf(standing)]));
  const expendable = Math.max(0, active.size - Math.max(1, rule.minimumClients));
  const removed = poor.filter((client) => strikes.get(client)! >= rule.strikes).slice(0, expendable);

  const clients = ledger.clients.map(({ client, removal }) => ({
    client,
    strikes: strikes.get(client)!,
    removal: removed.includes(client) ? removalAfter(round, rule) : removal,
  }));
  return {
    ledger: withReturns({ clients }, round + 1),
    poor: poor.toSorted(ascending),
    removed: removed.toSorted(ascending),
  };
}

function removalAfter(afterRound: number, { removal, skipRounds }: FilteringRule): Removal {
  // Settings from before there was a choice have none.
  if (removal !== 'temporary') return { afterRound, by: 'rule' };
  if (skipRounds === null) throw new RangeError('temporary removals need a number of rounds');
  return { afterRound, by: 'rule', returnsIn: afterRound + skipRounds + 1 };
}

/** From the lowest mean of the metrics that count up; of equals the lowest id first. */
function rankedBy(metric: FilteringRule['metric'], metrics: readonly ClientMetrics[]): Judged[] {
  return metrics
    .map(({ client, precision, recall }) => ({
      client,
      values: metric === 'both' ? [precision, recall] : [metric === 'precision' ? precision : recall],
    }))
    .toSorted((a, b) => mean(a.values) - mean(b.values) || a.client - b.client);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const ascending = (a: number, b: number) => a - b;
