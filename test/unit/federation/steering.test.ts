import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actsDuring,
  changesResults,
  judgeSteering,
  lastRound,
  thresholdIn,
  withClientsMoved,
  type Steerable,
  type SteeringAct,
  type SteeringRequest,
} from '../../../phoenix/federation/steering.ts';
import {
  activeClients,
  applyRound,
  emptyLedger,
  withReturns,
  type Ledger,
} from '../../../phoenix/federation/strikes.ts';

const CLIENTS = 4;
const ROUNDS = 6;

const request: fc.Arbitrary<SteeringRequest> = fc.oneof(
  fc.constantFrom({ kind: 'pause' as const }, { kind: 'resume' as const }),
  fc.record({
    kind: fc.constantFrom('disconnect' as const, 'reinstate' as const),
    client: fc.integer({ min: -1, max: 5 }),
  }),
  fc.record({ kind: fc.constant('setThreshold' as const), threshold: fc.double({ min: -1, max: 2 }) }),
  fc.record({ kind: fc.constant('stopAfter' as const), round: fc.integer({ min: -1, max: 9 }) }),
  fc.record({ kind: fc.constant('addRounds' as const), rounds: fc.integer({ min: -1, max: 3 }) }),
);

const idle: Steerable = {
  paused: false,
  ledger: emptyLedger(CLIENTS),
  steering: [],
  begun: 0,
  inRound: false,
  rounds: ROUNDS,
  threshold: 0.3,
  measured: 'all',
};

/**
 * What a run does with requests in the order in which they come; `true` stands for the next beginning or end of a round.
 *
 * @param judged the ledger after a round
 */
function play(
  events: readonly (SteeringRequest | true)[],
  judged: (ledger: Ledger, round: number) => Ledger = (ledger) => ledger,
): Steerable {
  return events.reduce<Steerable>((run, event) => {
    if (event === true) {
      if (!run.inRound) {
        const isOver = run.begun >= lastRound(run.rounds, run.steering);
        return isOver ? run : { ...run, begun: run.begun + 1, inRound: true };
      }
      const acts = actsDuring(run.begun, run.steering);
      return { ...run, inRound: false, ledger: withClientsMoved(judged(run.ledger, run.begun), acts) };
    }
    const verdict = judgeSteering(run, event);
    if ('refusal' in verdict) return run;
    const act: SteeringAct = { act: event, at: '', during: run.begun, effect: verdict.effect };
    const ledger = run.inRound ? run.ledger : withClientsMoved(run.ledger, [act]);
    const paused = event.kind === 'pause' || (run.paused && event.kind !== 'resume');
    return { ...run, paused, ledger, steering: [...run.steering, act] };
  }, idle);
}

const events = fc.array(fc.oneof(request, fc.constant(true as const)), { maxLength: 40 });

describe('steering', () => {
  it('never takes the last client, and never ends a run before the round under way', () => {
    fc.assert(
      fc.property(events, (all) => {
        const run = play(all);
        const ledger = withClientsMoved(run.ledger, run.inRound ? actsDuring(run.begun, run.steering) : []);
        expect(activeClients(ledger).length).toBeGreaterThan(0);
        expect(lastRound(run.rounds, run.steering)).toBeGreaterThanOrEqual(Math.max(1, run.begun));
      }),
    );
  });

  it('and a rule of temporary removals leave nobody out who was not sent away, and never everybody', () => {
    const rule = fc.record({
      rule: fc.constant('lowest' as const),
      threshold: fc.constant(null),
      metric: fc.constant('precision' as const),
      strikes: fc.integer({ min: 1, max: 2 }),
      startRound: fc.constant(1),
      minimumClients: fc.integer({ min: 1, max: CLIENTS }),
      removal: fc.constant('temporary' as const),
      skipRounds: fc.integer({ min: 1, max: 3 }),
    });
    const precisions = fc.array(fc.shuffledSubarray([1, 2, 3, 4], { minLength: CLIENTS }), {
      minLength: ROUNDS + 40,
      maxLength: ROUNDS + 40,
    });
    fc.assert(
      fc.property(events, rule, precisions, (all, filtering, best) => {
        const { ledger, begun, steering } = play(all, (now, round) => {
          const own = best[round]!.map((precision, client) => ({ client, precision, recall: 0 }));
          return applyRound(now, filtering, round, own).ledger;
        });
        expect(activeClients(ledger).length).toBeGreaterThan(0);
        for (const { client, removal } of ledger.clients) {
          const last = steering.findLast(({ act }) => 'client' in act && act.client === client)?.act.kind;
          if (removal?.by === 'rule') expect(removal.returnsIn).toBeGreaterThan(begun);
          if (removal?.by === 'hand') expect(last).toBe('disconnect');
        }
      }),
    );
  });

  it('gives the same ledger when the acts are read again from the beginning', () => {
    fc.assert(
      fc.property(events, (all) => {
        const run = play(all);
        let ledger = emptyLedger(CLIENTS);
        for (let round = 0; round < run.begun + (run.inRound ? 0 : 1); round++)
          ledger = withClientsMoved(ledger, actsDuring(round, run.steering));
        expect(ledger).toEqual(run.ledger);
      }),
    );
  });

  it('keeps thresholds within 0 to 1, and past rounds as they were', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 9 }), (all, round) => {
        const { steering, threshold } = play(all);
        const then = thresholdIn(round, threshold, steering)!;
        expect(then).toBeGreaterThanOrEqual(0);
        expect(then).toBeLessThanOrEqual(1);
        const later = {
          act: { kind: 'setThreshold', threshold: 0.9 },
          at: '',
          during: round,
          effect: '',
        } as const;
        expect(thresholdIn(round, threshold, [...steering, later])).toBe(then);
      }),
    );
  });

  it.each<[SteeringRequest, Partial<Steerable>, string]>([
    [{ kind: 'resume' }, {}, 'it is not paused'],
    [{ kind: 'disconnect', client: 9 }, {}, 'it has no client 9, only 0 to 3'],
    [{ kind: 'reinstate', client: 1 }, {}, 'client 1 takes part in round 1 anyway'],
    [{ kind: 'disconnect', client: 0 }, { ledger: emptyLedger(1) }, 'client 0 is the last one'],
    [
      { kind: 'setThreshold', threshold: 0.5 },
      { threshold: null },
      'its clients are not filtered by a threshold',
    ],
    [{ kind: 'setThreshold', threshold: Number.NaN }, {}, 'a threshold is a number from 0 to 1'],
    [{ kind: 'stopAfter', round: 2 }, { begun: 3, inRound: true }, 'it can stop after round 3 to 5'],
    [
      { kind: 'stopAfter', round: 6 },
      { begun: 6, inRound: true },
      'round 6, which has begun, is its last one',
    ],
    [
      { kind: 'stopAfter', round: 3 },
      { begun: 3, inRound: true, measured: 'last' },
      'it can stop after round 4 to 5',
    ],
    [
      { kind: 'stopAfter', round: 5 },
      { begun: 5, inRound: false, measured: 'last' },
      'it ends after round 6, and no earlier one is measured',
    ],
    [{ kind: 'addRounds', rounds: 1000 }, {}, 'it can have 1 to 994 more rounds'],
    [{ kind: 'addRounds', rounds: 1 }, { begun: 6 }, 'its last round, 6, is over'],
  ])('refuses %j with %j', (asked, changes, refusal) => {
    expect(judgeSteering({ ...idle, ...changes }, asked)).toEqual({ refusal });
  });

  describe('a client that is away for some rounds', () => {
    const away: Steerable = {
      ...idle,
      begun: 3,
      inRound: true,
      ledger: {
        clients: emptyLedger(CLIENTS).clients.map((standing) =>
          standing.client === 2
            ? { client: 2, strikes: 2, removal: { afterRound: 2, by: 'rule', returnsIn: 5 } }
            : standing,
        ),
      },
    };
    const act = (given: SteeringRequest): SteeringAct => ({ act: given, at: '', during: 3, effect: '' });
    const disconnect = { kind: 'disconnect', client: 2 } as const;
    const reinstate = { kind: 'reinstate', client: 2 } as const;

    it('can be taken back earlier, with a clean sheet', () => {
      expect(judgeSteering(away, reinstate)).toEqual({
        effect: 'client 2 takes part again from round 4 instead of 5 on',
      });
      expect(withClientsMoved(away.ledger, [act(reinstate)])).toEqual(emptyLedger(CLIENTS));
    });

    it('can be kept away for good', () => {
      expect(judgeSteering(away, disconnect)).toEqual({
        effect: 'client 2 stays away, instead of coming back in round 5',
      });
      const moved = withClientsMoved(away.ledger, [act(disconnect)]);
      expect(moved.clients[2]).toEqual({
        client: 2,
        strikes: 0,
        removal: { afterRound: 2, by: 'hand' },
      });
      expect(withReturns(moved, 5)).toEqual(moved);
      expect(judgeSteering({ ...away, ledger: moved }, disconnect)).toEqual({
        refusal: 'client 2 takes no part already',
      });
    });

    it('is there when its time is over', () => {
      const back = { ...away, begun: 4 };
      expect(judgeSteering(back, reinstate)).toEqual({ refusal: 'client 2 takes part in round 5 anyway' });
      expect(judgeSteering(back, disconnect)).toEqual({
        effect: 'client 2 takes no part from round 5 on',
      });
    });

    it('that the verdict has sent away since it was disconnected does not come back', () => {
      const moved = withClientsMoved(away.ledger, [{ ...act(disconnect), during: 2 }]);
      expect(activeClients(withReturns(moved, 5))).toEqual([0, 1, 3]);
    });

    it('does not take the place of the last one before it is back', () => {
      const clients = away.ledger.clients.filter(({ client }) => client === 0 || client === 2);
      const two: Steerable = { ...away, ledger: { clients } };
      const last = { kind: 'disconnect', client: 0 } as const;
      expect(judgeSteering(two, last)).toEqual({ refusal: 'client 0 is the last one' });
      expect(judgeSteering({ ...two, begun: 4 }, last)).toEqual({
        effect: 'client 0 takes no part from round 5 on',
      });
    });
  });

  it('knows pauses from what changes results', () => {
    const act = (given: SteeringRequest): SteeringAct => ({ act: given, at: '', during: 1, effect: '' });
    expect(changesResults([act({ kind: 'pause' }), act({ kind: 'resume' })])).toBe(false);
    expect(changesResults([act({ kind: 'pause' }), act({ kind: 'stopAfter', round: 1 })])).toBe(true);
  });
});
