/**
 * What somebody may do to a run while it is open. Pure: (run, request) → the act that is recorded, or why it is
 * refused. The acts alone decide what they change, so that a run which is started again from any round, or from the
 * beginning, is steered in the same way.
 */
import { activeClients, withReturns, type Ledger, type Removal } from './strikes.ts';

export type SteeringRequest =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'disconnect'; readonly client: number }
  | { readonly kind: 'reinstate'; readonly client: number }
  | { readonly kind: 'setThreshold'; readonly threshold: number }
  | { readonly kind: 'stopAfter'; readonly round: number }
  | { readonly kind: 'addRounds'; readonly rounds: number };

/** Ending a run is asked of its workflow directly: it needs no run that listens. */
export type Steered = SteeringRequest | { readonly kind: 'cancel' };

export interface SteeringAct {
  readonly act: Steered;
  /** ISO 8601. */
  readonly at: string;
  /** The newest round that had begun, 0 before the first: what changes results does so from the next one on. */
  readonly during: number;
  /** In words: "client 3 takes no part from round 4 on". */
  readonly effect: string;
}

/** What decides about a request. */
export interface Steerable {
  readonly paused: boolean;
  /** Without what was done during the round under way: that counts once the round is over. */
  readonly ledger: Ledger;
  readonly steering: readonly SteeringAct[];
  /** The newest round that has begun, and whether it is still going on. */
  readonly begun: number;
  readonly inRound: boolean;
  /** Of the settings; a null threshold: the rule has none. */
  readonly rounds: number;
  readonly threshold: number | null;
  /** Which rounds are measured: a run must end with one that is. */
  readonly measured: 'all' | 'last';
}

export type SteeringVerdict = { readonly effect: string } | { readonly refusal: string };

/** The largest number of rounds, as in the settings. */
const mostRounds = 1000;

/** Numbers in the request need not be valid; everything else has the right type. */
export function judgeSteering(run: Steerable, request: SteeringRequest): SteeringVerdict {
  const { begun, steering } = run;
  const last = lastRound(run.rounds, steering);
  if (request.kind === 'pause') return pausing(run, true);
  if (request.kind === 'resume') return pausing(run, false);
  if (begun >= last && !run.inRound) return refused(`its last round, ${last}, is over`);
  const next = begun + 1;
  switch (request.kind) {
    case 'disconnect':
    case 'reinstate':
      return movingClient(run, request, next);
    case 'setThreshold': {
      const { threshold } = request;
      const now = thresholdIn(next, run.threshold, steering);
      if (now === null) return refused('its clients are not filtered by a threshold');
      if (!(threshold >= 0 && threshold <= 1)) return refused('a threshold is a number from 0 to 1');
      if (threshold === now) return refused(`its threshold is ${now} already`);
      return { effect: `the threshold is ${threshold} instead of ${now} from round ${next} on` };
    }
    case 'stopAfter': {
      const { round } = request;
      const least = run.measured === 'last' ? next : Math.max(1, begun);
      if (!(Number.isInteger(round) && round >= least && round < last))
        return refused(
          least < last
            ? `it can stop after round ${least} to ${last - 1}`
            : begun < last
              ? `it ends after round ${last}, and no earlier one is measured`
              : `round ${last}, which has begun, is its last one`,
        );
      return { effect: `the run ends after round ${round} instead of ${last}` };
    }
    case 'addRounds': {
      const { rounds } = request;
      if (!(Number.isInteger(rounds) && rounds >= 1 && last + rounds <= mostRounds))
        return refused(
          last < mostRounds
            ? `it can have 1 to ${mostRounds - last} more rounds`
            : `${mostRounds} rounds are the most`,
        );
      return { effect: `the run ends after round ${last + rounds} instead of ${last}` };
    }
  }
}

function pausing({ paused, begun, inRound }: Steerable, wanted: boolean): SteeringVerdict {
  if (paused === wanted) return refused(paused ? 'it is paused already' : 'it is not paused');
  const where = inRound ? `in round ${begun}` : begun === 0 ? 'before round 1' : `after round ${begun}`;
  return { effect: `${wanted ? 'paused' : 'went on'} ${where}` };
}

function movingClient(
  { ledger, steering, begun, inRound }: Steerable,
  request: Extract<SteeringRequest, { client: number }>,
  next: number,
): SteeringVerdict {
  const { client, kind } = request;
  const toCome = steering.filter(({ during }) => (inRound ? during >= begun : during > begun));
  const expected = withClientsMoved(withReturns(ledger, next), toCome);
  const standing = expected.clients.find((one) => one.client === client);
  if (!standing) return refused(`it has no client ${client}, only 0 to ${expected.clients.length - 1}`);
  const { removal } = standing;
  const returnsIn = removal?.returnsIn ?? null;
  if (kind === 'reinstate') {
    if (removal === null) return refused(`client ${client} takes part in round ${next} anyway`);
    const earlier = returnsIn === null ? '' : ` instead of ${returnsIn}`;
    return { effect: `client ${client} takes part again from round ${next}${earlier} on` };
  }
  if (removal !== null) {
    if (returnsIn === null) return refused(`client ${client} takes no part already`);
    return { effect: `client ${client} stays away, instead of coming back in round ${returnsIn}` };
  }
  if (activeClients(expected).length === 1) return refused(`client ${client} is the last one`);
  return { effect: `client ${client} takes no part from round ${next} on` };
}

const refused = (refusal: string): SteeringVerdict => ({ refusal });

/** The run ends after this round. */
export function lastRound(rounds: number, steering: readonly SteeringAct[]): number {
  return steering.reduce((last, { act }) => {
    if (act.kind === 'stopAfter') return act.round;
    return act.kind === 'addRounds' ? last + act.rounds : last;
  }, rounds);
}

/** The threshold that a round's clients are judged by; null where the rule has none. */
export function thresholdIn(
  round: number,
  threshold: number | null,
  steering: readonly SteeringAct[],
): number | null {
  return steering.reduce(
    (now, { act, during }) => (act.kind === 'setThreshold' && during < round ? act.threshold : now),
    threshold,
  );
}

/**
 * The ledger after what the acts do to clients, in their order. A verdict in between may have left a client that was
 * to be disconnected as the last one: then it stays. One that is away for some rounds stays away for good.
 */
export function withClientsMoved(ledger: Ledger, acts: readonly SteeringAct[]): Ledger {
  return acts.reduce(withClientMoved, ledger);
}

/** Given since `round` began, and before the next one did. */
export const actsDuring = (round: number, steering: readonly SteeringAct[]): SteeringAct[] =>
  steering.filter(({ during }) => during === round);

function withClientMoved(ledger: Ledger, { act, during }: SteeringAct): Ledger {
  if (act.kind !== 'disconnect' && act.kind !== 'reinstate') return ledger;
  const active = activeClients(ledger);
  const isLast = active.length === 1 && active[0] === act.client;
  const movedFrom = (removal: Removal | null): Removal | null => {
    if (act.kind === 'reinstate') return null;
    const isGone = removal !== null && removal.returnsIn === undefined;
    return isGone || isLast ? removal : { afterRound: removal?.afterRound ?? during, by: 'hand' };
  };
  return {
    clients: ledger.clients.map((standing) => {
      if (standing.client !== act.client) return standing;
      const removal = movedFrom(standing.removal);
      return removal === standing.removal ? standing : { client: act.client, strikes: 0, removal };
    }),
  };
}

/** Whether the acts change what comes out of the run, and not only when. */
export const changesResults = (steering: readonly SteeringAct[]): boolean =>
  steering.some(({ act }) => act.kind !== 'pause' && act.kind !== 'resume' && act.kind !== 'cancel');
