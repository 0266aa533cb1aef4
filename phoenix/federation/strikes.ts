/**
 * Threshold filtering: clients whose samples stay poor for several rounds in a row are disconnected
 * (paper §3.2.2, §4.2.2, "two strikes"). Pure: (ledger, this round's metrics) → ledger.
 */

export interface ClientMetrics {
  readonly client: number;
  /** Of samples from the client's own model after local training, 0..1. */
  readonly precision: number;
  readonly recall: number;
}

/** When a client is disconnected. Structurally the `filtering` part of an experiment's settings. */
export interface FilteringRule {
  /** Poor is: the round's one lowest client; below `threshold`; below the round's average. */
  readonly rule: 'lowest' | 'threshold' | 'average';
  /** With rule `threshold` only. */
  readonly threshold: number | null;
  readonly metric: 'precision' | 'recall';
  /** Consecutive poor rounds that end in removal. */
  readonly strikes: number;
  /** First round, from 1, whose metrics count. */
  readonly startRound: number;
  /** Removals stop here; the last client is never removed, whatever this says. */
  readonly minimumClients: number;
}

export interface Removal {
  /** Its last update was aggregated in this round (0: it never trained), the next round goes without it. */
  readonly afterRound: number;
  /** By the rule, or by somebody who disconnected it. */
  readonly by: 'rule' | 'hand';
}

export interface Standing {
  readonly client: number;
  /** Consecutive poor rounds so far. */
  readonly strikes: number;
  /** Null while the client takes part. */
  readonly removal: Removal | null;
}

/** The standing of every client that the run started with, by ascending id. */
export interface Ledger {
  readonly clients: readonly Standing[];
}

export interface RoundVerdict {
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

/**
 * Judges one round. A poor client gets a strike, a good one loses all of its strikes, a client without
 * metrics keeps its standing. Clients that have reached `rule.strikes` are removed, the lowest metric first
 * (ties: the lowest id), until only `minimumClients` would be left. The order of `metrics` does not matter;
 * metrics of clients that are removed or unknown do not count.
 *
 * Before `rule.startRound` nothing changes.
 */
export function applyRound(
  ledger: Ledger,
  rule: FilteringRule,
  round: number,
  metrics: readonly ClientMetrics[],
): RoundVerdict {
  if (round < rule.startRound) return { ledger, poor: [], removed: [] };

  const active = new Set(activeClients(ledger));
  const ranked = metrics
    .filter(({ client }) => active.has(client))
    .map((own) => ({ client: own.client, value: own[rule.metric] }))
    .toSorted((a, b) => a.value - b.value || a.client - b.client);
  const judged = new Set(ranked.map(({ client }) => client));
  const poor = poorClients(ranked, rule);

  const strikes = new Map(
    ledger.clients.map((standing) => [
      standing.client,
      !judged.has(standing.client) ? standing.strikes : poor.has(standing.client) ? standing.strikes + 1 : 0,
    ]),
  );
  const expendable = Math.max(0, active.size - Math.max(1, rule.minimumClients));
  const removed = [...poor].filter((client) => strikes.get(client)! >= rule.strikes).slice(0, expendable);

  const clients = ledger.clients.map((standing) => ({
    client: standing.client,
    strikes: strikes.get(standing.client)!,
    removal: removed.includes(standing.client)
      ? { afterRound: round, by: 'rule' as const }
      : standing.removal,
  }));
  return { ledger: { clients }, poor: [...poor].toSorted(ascending), removed: removed.toSorted(ascending) };
}

/** An average is not exact: a client at the average must not count as below it. */
const ROUNDING = 1e-12;

type Ranked = readonly { readonly client: number; readonly value: number }[];

/** In the order of `ranked`, which is from the lowest value up. */
function poorClients(ranked: Ranked, rule: FilteringRule): Set<number> {
  const below = (limit: number) =>
    new Set(ranked.filter(({ value }) => value < limit).map(({ client }) => client));
  switch (rule.rule) {
    case 'lowest':
      return new Set(ranked.slice(0, 1).map(({ client }) => client));
    case 'threshold':
      if (rule.threshold === null) throw new RangeError('the rule "threshold" needs a threshold');
      return below(rule.threshold);
    case 'average':
      return below(ranked.reduce((sum, { value }) => sum + value, 0) / ranked.length - ROUNDING);
  }
}

const ascending = (a: number, b: number) => a - b;
