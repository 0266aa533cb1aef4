import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeClients,
  applyRound,
  emptyLedger,
  withReturns,
  type ClientMetrics,
  type FilteringRule,
  type Ledger,
} from '../../../phoenix/federation/strikes.ts';

const lowest: FilteringRule = {
  rule: 'lowest',
  threshold: null,
  metric: 'precision',
  strikes: 2,
  startRound: 1,
  minimumClients: 1,
  removal: 'permanent',
  skipRounds: null,
};
const threshold: FilteringRule = { ...lowest, rule: 'threshold', threshold: 0.6 };

/** Metrics of clients 0, 1, … from their precisions; undefined: a client without metrics. */
function precisions(...values: (number | undefined)[]): ClientMetrics[] {
  return values.flatMap((precision, client) =>
    precision === undefined ? [] : [{ client, precision, recall: 0.5 }],
  );
}

function strikes(ledger: Ledger): number[] {
  return ledger.clients.map((standing) => standing.strikes);
}

describe('which clients are poor', () => {
  const judge = (rule: Partial<FilteringRule>, metrics: ClientMetrics[]) =>
    applyRound(emptyLedger(metrics.length), { ...lowest, ...rule }, 1, metrics).poor;

  it('lowest: exactly one, and of equals the lowest id', () => {
    expect(judge({}, precisions(0.9, 0.2, 0.3))).toEqual([1]);
    expect(judge({}, precisions(0.9, 0.2, 0.2))).toEqual([1]);
    expect(judge({}, precisions(0.2, 0.2, 0.2))).toEqual([0]);
  });

  it('threshold: those strictly below it', () => {
    expect(judge({ rule: 'threshold', threshold: 0.6 }, precisions(0.6, 0.59, 0.7, 0.1))).toEqual([1, 3]);
  });

  it('average: those strictly below it, nobody among equals', () => {
    // In floating point both averages come out above the 0.5 and the 0.1 that they are.
    expect(judge({ rule: 'average' }, precisions(0.1, 0.5, 0.9))).toEqual([0]);
    expect(judge({ rule: 'average' }, precisions(0.1, 0.1, 0.1))).toEqual([]);
  });

  it('by recall when the rule says so', () => {
    const metrics = [
      { client: 0, precision: 0.1, recall: 0.9 },
      { client: 1, precision: 0.9, recall: 0.1 },
    ];
    expect(judge({ metric: 'recall' }, metrics)).toEqual([1]);
  });

  describe('by both metrics', () => {
    const metrics = [
      { client: 0, precision: 0.9, recall: 0.1 },
      { client: 1, precision: 0.3, recall: 0.8 },
      { client: 2, precision: 0.5, recall: 0.3 },
      { client: 3, precision: 0.4, recall: 0.4 },
    ];

    it('lowest: the one lowest mean, and of equals the lowest id', () => {
      expect(judge({ metric: 'both' }, metrics)).toEqual([2]);
      expect(judge({ metric: 'both' }, metrics.toReversed())).toEqual([2]);
    });

    it('threshold: those below it in the one and in the other', () => {
      expect(judge({ metric: 'both', rule: 'threshold', threshold: 0.6 }, metrics)).toEqual([2, 3]);
      expect(judge({ metric: 'both', rule: 'threshold', threshold: 0.4 }, metrics)).toEqual([]);
    });

    it('average: those below the average precision and the average recall', () => {
      // Averages: precision 0.525, recall 0.4.
      expect(judge({ metric: 'both', rule: 'average' }, metrics)).toEqual([2]);
    });
  });

  it('nobody without metrics', () => {
    for (const rule of ['lowest', 'average'] as const) {
      expect(applyRound(emptyLedger(3), { ...lowest, rule }, 1, []).poor).toEqual([]);
    }
  });

  it('a rule without the number that it needs is an error', () => {
    expect(() => judge({ rule: 'threshold' }, precisions(0.5))).toThrow('needs a threshold');
    const incomplete: Partial<FilteringRule> = { strikes: 1, removal: 'temporary' };
    expect(() => judge(incomplete, precisions(0.5, 0.6))).toThrow('need a number of rounds');
  });
});

describe('strikes and removal', () => {
  it('two poor rounds in a row remove a client after the second', () => {
    const first = applyRound(emptyLedger(3), threshold, 5, precisions(0.1, 0.9, 0.9));
    expect(first.removed).toEqual([]);
    expect(strikes(first.ledger)).toEqual([1, 0, 0]);

    const second = applyRound(first.ledger, threshold, 6, precisions(0.1, 0.9, 0.9));
    expect(second.removed).toEqual([0]);
    expect(second.ledger.clients[0]).toEqual({
      client: 0,
      strikes: 2,
      removal: { afterRound: 6, by: 'rule' },
    });
    expect(activeClients(second.ledger)).toEqual([1, 2]);
  });

  it('one good round clears the warning', () => {
    let ledger = emptyLedger(2);
    for (const precision of [0.1, 0.9, 0.1]) {
      const verdict = applyRound(ledger, threshold, 5, precisions(precision, 0.9));
      expect(verdict.removed).toEqual([]);
      ledger = verdict.ledger;
    }
    expect(strikes(ledger)).toEqual([1, 0]);
  });

  it('a round without metrics of a client leaves its warning as it is', () => {
    const warned = applyRound(emptyLedger(2), threshold, 5, precisions(0.1, 0.9)).ledger;
    expect(strikes(applyRound(warned, threshold, 6, precisions(undefined, 0.9)).ledger)).toEqual([1, 0]);
  });

  it('nothing happens before the start round', () => {
    const ledger = emptyLedger(2);
    const verdict = applyRound(ledger, { ...threshold, startRound: 5 }, 4, precisions(0.1, 0.1));
    expect(verdict).toEqual({ ledger, poor: [], removed: [] });
  });

  it('keeps the minimum of clients, and removes the worst before the others', () => {
    const rule = { ...threshold, strikes: 1, minimumClients: 2 };
    const verdict = applyRound(emptyLedger(4), rule, 1, precisions(0.3, 0.1, 0.2, 0.5));
    expect(verdict.poor).toEqual([0, 1, 2, 3]);
    expect(verdict.removed).toEqual([1, 2]);
    expect(strikes(verdict.ledger)).toEqual([1, 1, 1, 1]);
  });

  it('never removes the last client', () => {
    const rule = { ...lowest, strikes: 1, minimumClients: 0 };
    const verdict = applyRound(emptyLedger(1), rule, 1, precisions(0));
    expect(verdict.poor).toEqual([0]);
    expect(activeClients(verdict.ledger)).toEqual([0]);
  });

  it('metrics of removed clients do not count', () => {
    const removed = applyRound(emptyLedger(3), { ...lowest, strikes: 1 }, 1, precisions(0, 0.5, 0.9)).ledger;
    expect(applyRound(removed, lowest, 2, precisions(0, 0.5, 0.9)).poor).toEqual([1]);
  });

  it('a temporary removal is for so many rounds, then with a clean sheet', () => {
    const rule: FilteringRule = { ...threshold, removal: 'temporary', skipRounds: 2 };
    let ledger = emptyLedger(3);
    const active: number[][] = [];
    for (let round = 1; round <= 6; round++) {
      ledger = applyRound(ledger, rule, round, precisions(0.1, 0.9, 0.9)).ledger;
      active.push(activeClients(ledger));
      if (round === 2)
        expect(ledger.clients[0]!.removal).toEqual({ afterRound: 2, by: 'rule', returnsIn: 5 });
      if (round === 4) expect(ledger.clients[0]).toEqual({ client: 0, strikes: 0, removal: null });
    }
    expect(active).toEqual([
      [0, 1, 2],
      [1, 2],
      [1, 2],
      [0, 1, 2],
      [0, 1, 2],
      [1, 2],
    ]);
  });

  it('a client on its way back does not make room for another removal', () => {
    const rule: FilteringRule = { ...threshold, strikes: 1, removal: 'temporary', skipRounds: 1 };
    const first = applyRound(emptyLedger(2), rule, 1, precisions(0.1, 0.9)).ledger;
    const second = applyRound(first, rule, 2, precisions(undefined, 0.1));
    expect(second.removed).toEqual([]);
    expect(strikes(second.ledger)).toEqual([0, 1]);
  });

  it('settings and ledgers without a word on temporary removals mean removals for good', () => {
    const { removal: _, skipRounds: __, ...older } = { ...lowest, strikes: 1 };
    const { ledger } = applyRound(emptyLedger(2), older as FilteringRule, 1, precisions(0.1, 0.9));
    expect(ledger.clients[0]!.removal).toEqual({ afterRound: 1, by: 'rule' });
    expect(withReturns(ledger, 1_000_000)).toEqual(ledger);
  });
});

/** Cheap checks, so that ten thousand ledgers take seconds. */
const many = { numRuns: 10_000 };

const CLIENTS = 6;
const ids = Array.from({ length: CLIENTS }, (_, client) => client);

const anyRule: fc.Arbitrary<FilteringRule> = fc
  .record({
    rule: fc.constantFrom('lowest' as const, 'threshold' as const, 'average' as const),
    threshold: fc.constant(0.5),
    metric: fc.constantFrom('precision' as const, 'recall' as const, 'both' as const),
    strikes: fc.integer({ min: 1, max: 3 }),
    startRound: fc.integer({ min: 1, max: 4 }),
    minimumClients: fc.integer({ min: 1, max: CLIENTS }),
    skipRounds: fc.option(fc.integer({ min: 1, max: 3 })),
  })
  .map((rule) => ({ ...rule, removal: rule.skipRounds === null ? 'permanent' : 'temporary' }));

/** Few distinct values, so that ties are common; null: not measured. */
const value = fc.integer({ min: 0, max: 5 }).map((n) => n / 5);
const measured = fc.option(fc.tuple(value, value), { freq: 8 });
const anyMetrics = fc
  .array(measured, { minLength: CLIENTS, maxLength: CLIENTS })
  .map((all) => all.flatMap((own, client) => (own ? [{ client, precision: own[0], recall: own[1] }] : [])));
const anyHistory = fc.array(anyMetrics, { minLength: 1, maxLength: 9 });

/** What a ledger may be in round 5 with `strikes` of the rule: anything. */
const ROUND = 5;
const anyLedger = ({ strikes: limit }: FilteringRule): fc.Arbitrary<Ledger> => {
  const removal = fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant({ afterRound: 3, by: 'hand' as const }) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: ROUND + 1, max: ROUND + 3 })
        .map((returnsIn) => ({ afterRound: 4, by: 'rule' as const, returnsIn })),
    },
  );
  const standings = ids.map((client) =>
    fc.record({ client: fc.constant(client), strikes: fc.integer({ min: 0, max: limit }), removal }),
  );
  return fc
    .tuple(...standings)
    .filter((all) => all.some(({ removal: away }) => away === null))
    .map((clients) => ({ clients }));
};
const anySituation = anyRule.chain((rule) => fc.tuple(fc.constant(rule), anyLedger(rule), anyMetrics));

/** Of everything that a history does to a ledger: the verdict of each round, and the ledger that it began with. */
function play(rule: FilteringRule, history: readonly ClientMetrics[][]) {
  let ledger = emptyLedger(CLIENTS);
  return history.map((metrics, i) => {
    const before = ledger;
    const verdict = applyRound(before, rule, i + 1, metrics);
    ledger = verdict.ledger;
    return { round: i + 1, metrics, before, verdict };
  });
}

const isSubset = (part: readonly number[], whole: readonly number[]) =>
  part.every((one) => whole.includes(one));

describe('over any ledger', () => {
  const check = (
    holds: (
      rule: FilteringRule,
      ledger: Ledger,
      metrics: ClientMetrics[],
      verdict: ReturnType<typeof applyRound>,
    ) => boolean,
  ) =>
    fc.assert(
      fc.property(anySituation, ([rule, ledger, metrics]) =>
        holds(rule, ledger, metrics, applyRound(ledger, rule, ROUND, metrics)),
      ),
      many,
    );

  it('never leaves fewer than the minimum, nor nobody', () =>
    check(({ minimumClients }, before, _, { ledger }) => {
      const least = Math.min(activeClients(before).length, minimumClients);
      return activeClients(ledger).length >= Math.max(1, least);
    }));

  it('judges only clients that take part and were measured', () =>
    check((_, before, metrics, { poor, removed }) => {
      const judged = activeClients(before).filter((id) => metrics.some(({ client }) => client === id));
      return isSubset(poor, judged) && isSubset(removed, poor);
    }));

  it('leaves alone who was not measured', () =>
    check((_, before, metrics, { ledger }) =>
      activeClients(before)
        .filter((id) => !metrics.some(({ client }) => client === id))
        .every((id) => ledger.clients[id]!.strikes === before.clients[id]!.strikes),
    ));

  it('clears with one good round, and adds one strike for a poor one, up to the limit', () =>
    check((rule, before, metrics, { ledger, poor }) =>
      activeClients(before)
        .filter((id) => metrics.some(({ client }) => client === id))
        .every((id) => {
          const more = Math.min(rule.strikes, before.clients[id]!.strikes + 1);
          return ledger.clients[id]!.strikes === (poor.includes(id) ? more : 0);
        }),
    ));

  it('removes exactly as many of those who are due as the minimum allows', () =>
    check((rule, before, _, { ledger, poor, removed }) => {
      const due = poor.filter((id) => ledger.clients[id]!.strikes === rule.strikes);
      const room = Math.max(0, activeClients(before).length - rule.minimumClients);
      return isSubset(removed, due) && removed.length === Math.min(due.length, room);
    }));

  it('removes the lowest first, and of equals the lowest id', () =>
    check((rule, _, metrics, { ledger, poor, removed }) => {
      const of = (id: number): number => {
        const { precision, recall } = metrics.find(({ client }) => client === id)!;
        return rule.metric === 'both' ? (precision + recall) / 2 : { precision, recall }[rule.metric];
      };
      const kept = poor.filter((id) => ledger.clients[id]!.strikes === rule.strikes && !removed.includes(id));
      const isFirst = (a: number, b: number) => of(a) < of(b) || (of(a) === of(b) && a < b);
      return removed.every((gone) => kept.every((other) => isFirst(gone, other)));
    }));

  it('marks exactly one as lowest, of equals the lowest id, and never all as below the average', () =>
    check((rule, before, metrics, { poor }) => {
      const judged = metrics.filter(({ client }) => activeClients(before).includes(client));
      if (rule.rule === 'average') return judged.length === 0 || poor.length < judged.length;
      if (rule.rule === 'threshold') return true;
      const of = ({ precision, recall }: ClientMetrics): number =>
        rule.metric === 'both' ? (precision + recall) / 2 : { precision, recall }[rule.metric];
      const least = Math.min(...judged.map(of));
      const first = judged.find((own) => of(own) === least);
      return poor.length === (first ? 1 : 0) && poor[0] === first?.client;
    }));

  it('is not told in which order clients report', () =>
    fc.assert(
      fc.property(
        anySituation.chain(([rule, ledger, metrics]) =>
          fc.tuple(
            fc.constant([rule, ledger, metrics] as const),
            fc.shuffledSubarray(metrics, { minLength: metrics.length, maxLength: metrics.length }),
          ),
        ),
        ([[rule, ledger, metrics], shuffled]) =>
          JSON.stringify(applyRound(ledger, rule, ROUND, shuffled)) ===
          JSON.stringify(applyRound(ledger, rule, ROUND, metrics)),
      ),
      many,
    ));
});

describe('over any history', () => {
  const check = (holds: (rounds: ReturnType<typeof play>, rule: FilteringRule) => boolean) =>
    fc.assert(
      fc.property(anyRule, anyHistory, (rule, history) => holds(play(rule, history), rule)),
      many,
    );

  it('nobody who was removed for good returns', () =>
    check((rounds, { removal }) => {
      if (removal === 'temporary') return true;
      const gone = new Set<number>();
      return rounds.every(({ verdict }) => {
        verdict.removed.forEach((client) => gone.add(client));
        return activeClients(verdict.ledger).every((client) => !gone.has(client));
      });
    }));

  it('who was removed for n rounds misses exactly these, and returns with no strike', () =>
    check((rounds, { removal, skipRounds }) => {
      if (removal === 'permanent') return true;
      return rounds.every(({ verdict: { removed } }, i) =>
        removed.every((client) => {
          const later = rounds.slice(i + 1);
          const misses = later
            .slice(0, skipRounds!)
            .every(({ before }) => !activeClients(before).includes(client));
          const back = later[skipRounds!]?.before;
          if (!back) return misses;
          return misses && activeClients(back).includes(client) && back.clients[client]!.strikes === 0;
        }),
      );
    }));

  it('strikes are at most the limit, and only removals make somebody leave', () =>
    check((rounds, { strikes: limit }) =>
      rounds.every(({ before, verdict: { ledger, removed } }) => {
        const left = activeClients(before).filter((client) => !activeClients(ledger).includes(client));
        return (
          strikes(ledger).every((own) => own <= limit) &&
          left.length === removed.length &&
          isSubset(left, removed)
        );
      }),
    ));

  it('nothing is marked before the start round', () =>
    check((rounds, { startRound }) =>
      rounds
        .slice(0, startRound - 1)
        .every(
          ({ verdict: { poor, ledger } }) => poor.length === 0 && strikes(ledger).every((own) => own === 0),
        ),
    ));
});
