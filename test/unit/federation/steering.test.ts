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
import { activeClients, emptyLedger } from '../../../phoenix/federation/strikes.ts';

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
};

/** What a run does with requests in the order in which they come; `true` stands for the next beginning or end of a round. */
function play(events: readonly (SteeringRequest | true)[]): Steerable {
  return events.reduce<Steerable>((run, event) => {
    if (event === true) {
      if (!run.inRound) {
        const isOver = run.begun >= lastRound(run.rounds, run.steering);
        return isOver ? run : { ...run, begun: run.begun + 1, inRound: true };
      }
      const acts = actsDuring(run.begun, run.steering);
      return { ...run, inRound: false, ledger: withClientsMoved(run.ledger, acts) };
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
    [{ kind: 'reinstate', client: 1 }, {}, 'client 1 takes part'],
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
    [{ kind: 'addRounds', rounds: 1000 }, {}, 'it can have 1 to 994 more rounds'],
    [{ kind: 'addRounds', rounds: 1 }, { begun: 6 }, 'its last round, 6, is over'],
  ])('refuses %j with %j', (asked, changes, refusal) => {
    expect(judgeSteering({ ...idle, ...changes }, asked)).toEqual({ refusal });
  });

  it('knows pauses from what changes results', () => {
    const act = (given: SteeringRequest): SteeringAct => ({ act: given, at: '', during: 1, effect: '' });
    expect(changesResults([act({ kind: 'pause' }), act({ kind: 'resume' })])).toBe(false);
    expect(changesResults([act({ kind: 'pause' }), act({ kind: 'stopAfter', round: 1 })])).toBe(true);
  });
});
