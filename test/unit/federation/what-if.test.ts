import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoundRecord } from '../../../phoenix/federation/records.ts';
import {
  actsDuring,
  thresholdIn,
  withClientsMoved,
  type SteeringAct,
} from '../../../phoenix/federation/steering.ts';
import {
  activeClients,
  applyRound,
  emptyLedger,
  type FilteringRule,
} from '../../../phoenix/federation/strikes.ts';
import { partingRound, replay, type Recorded } from '../../../phoenix/federation/what-if.ts';
import { run } from '../report/example-run.ts';

const CLIENTS = 4;

/** What a run with this rule records, if its clients are as good as `precisions[round - 1]` says whenever they train. */
function recorded(
  rule: FilteringRule,
  precisions: readonly (readonly number[])[],
  steering: readonly SteeringAct[] = [],
): Recorded {
  let ledger = withClientsMoved(emptyLedger(CLIENTS), actsDuring(0, steering));
  const rounds = precisions.map((values, i) => {
    const round = i + 1;
    const clients = activeClients(ledger).map((client) => ({
      ...run.rounds[2]!.clients[0]!,
      client,
      metrics:
        round < rule.startRound
          ? null
          : { ...run.rounds[2]!.clients[0]!.metrics!, precision: values[client]! },
    }));
    const metrics = clients.flatMap(({ client, metrics: own }) => (own ? [{ ...own, client }] : []));
    const threshold = thresholdIn(round, rule.threshold, steering);
    const verdict = applyRound(ledger, { ...rule, threshold }, round, metrics);
    ledger = withClientsMoved(verdict.ledger, actsDuring(round, steering));
    return { round, clients, ...verdict } satisfies Recorded['rounds'][number] & Partial<RoundRecord>;
  });
  return { ledger, rounds, steering };
}

const below: FilteringRule = {
  rule: 'threshold',
  threshold: 0.5,
  metric: 'precision',
  strikes: 2,
  startRound: 1,
  minimumClients: 1,
  removal: 'permanent',
  skipRounds: null,
};

const outcome = (rounds: ReturnType<typeof replay>, by: 'really' | 'whatIf') =>
  rounds.map((round) => ({ poor: round[by].poor, removed: round[by].removed }));

describe('replaying a run', () => {
  const steady = Array.from({ length: 5 }, () => [0.9, 0.4, 0.6, 0.8]);
  const real = recorded(below, steady);

  it('through a stricter rule: who it removes counts no more, though it went on', () => {
    const rounds = replay(real, { ...below, threshold: 0.7 });
    expect(outcome(rounds, 'whatIf')).toEqual([
      { poor: [1, 2], removed: [] },
      { poor: [1, 2], removed: [1, 2] },
      ...Array.from({ length: 3 }, () => ({ poor: [], removed: [] })),
    ]);
    expect(outcome(rounds, 'really')).toEqual(real.rounds.map(({ poor, removed }) => ({ poor, removed })));
    expect(rounds[2]!.measured).toEqual([0, 2, 3]);
    expect(partingRound(rounds)).toEqual({ round: 3, stillThere: [2], goneAlready: [] });
  });

  it('through a laxer rule: who was really removed stays, and is not judged', () => {
    const rounds = replay(real, { ...below, strikes: 3 });
    expect(outcome(rounds, 'whatIf')).toEqual(
      [[1], [1], [], [], []].map((poor) => ({ poor, removed: [] as number[] })),
    );
    expect(rounds.map(({ missing }) => missing)).toEqual([[], [], [1], [1], [1]]);
    expect(rounds.at(-1)!.whatIf.ledger.clients[1]).toEqual({ client: 1, strikes: 2, removal: null });
    expect(partingRound(rounds)).toEqual({ round: 3, stillThere: [], goneAlready: [1] });
  });

  it('through temporary removals: who is back is judged by what it did then', () => {
    const rounds = replay(real, { ...below, threshold: 0.7, removal: 'temporary', skipRounds: 1 });
    expect(outcome(rounds, 'whatIf').map(({ removed }) => removed)).toEqual([[], [1, 2], [], [], [2]]);
    expect(rounds[4]!.missing).toEqual([1]);
  });

  it('heeds what was done by hand', () => {
    const act = (given: SteeringAct['act'], during: number) => ({ act: given, at: '', during, effect: '' });
    const byHand = recorded(below, steady, [act({ kind: 'disconnect', client: 3 }, 1)]);
    const rounds = replay(byHand, { ...below, threshold: 0.3 });
    expect(activeClients(rounds[1]!.whatIf.ledger)).toEqual([0, 1, 2]);
    expect(rounds[1]!.missing).toEqual([]);
  });
});

describe('over any run', () => {
  const rule: fc.Arbitrary<FilteringRule> = fc
    .record({
      rule: fc.constantFrom('lowest' as const, 'threshold' as const, 'average' as const),
      metric: fc.constantFrom('precision' as const, 'recall' as const, 'both' as const),
      strikes: fc.integer({ min: 1, max: 3 }),
      startRound: fc.integer({ min: 1, max: 3 }),
      minimumClients: fc.integer({ min: 1, max: CLIENTS }),
      skipRounds: fc.option(fc.integer({ min: 1, max: 3 })),
    })
    .map((settings) => ({
      ...settings,
      threshold: settings.rule === 'threshold' ? 0.5 : null,
      removal: settings.skipRounds === null ? ('permanent' as const) : ('temporary' as const),
    }));
  const precision = fc.integer({ min: 0, max: 10 }).map((n) => n / 10);
  const history = fc.array(fc.array(precision, { minLength: CLIENTS, maxLength: CLIENTS }), {
    minLength: 1,
    maxLength: 8,
  });
  const act = fc.record({
    act: fc.oneof(
      fc.record({
        kind: fc.constantFrom('disconnect' as const, 'reinstate' as const),
        client: fc.nat(CLIENTS - 1),
      }),
      fc.record({ kind: fc.constant('setThreshold' as const), threshold: precision }),
    ),
    during: fc.integer({ min: 0, max: 8 }),
    at: fc.constant(''),
    effect: fc.constant(''),
  });
  const acts = fc.array(act, { maxLength: 4 }).map((all) => all.toSorted((a, b) => a.during - b.during));

  it('its own rule gives what really happened', () => {
    fc.assert(
      fc.property(rule, history, acts, (own, precisions, all) => {
        const steering = all.filter((one) => own.rule === 'threshold' || one.act.kind !== 'setThreshold');
        const real = recorded(own, precisions, steering);
        const rounds = replay(real, own);
        expect(outcome(rounds, 'whatIf')).toEqual(outcome(rounds, 'really'));
        expect(rounds.at(-1)!.whatIf.ledger).toEqual(real.ledger);
        expect(partingRound(rounds)).toBeNull();
      }),
    );
  });

  it('nobody who was not measured is judged by any rule', () => {
    fc.assert(
      fc.property(rule, rule, history, (own, other, precisions) => {
        for (const { measured, whatIf } of replay(recorded(own, precisions), other))
          expect(measured).toEqual(expect.arrayContaining([...whatIf.poor]));
      }),
    );
  });
});
