import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeClients,
  applyRound,
  emptyLedger,
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

  it('nobody without metrics', () => {
    for (const rule of ['lowest', 'average'] as const) {
      expect(applyRound(emptyLedger(3), { ...lowest, rule }, 1, []).poor).toEqual([]);
    }
  });

  it('a threshold rule without a threshold is an error', () => {
    expect(() => judge({ rule: 'threshold' }, precisions(0.5))).toThrow(RangeError);
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
});

describe('over any history', () => {
  const clients = 6;
  const rule = fc.record<FilteringRule>({
    rule: fc.constantFrom('lowest', 'threshold', 'average'),
    threshold: fc.constant(0.5),
    metric: fc.constantFrom('precision', 'recall'),
    strikes: fc.integer({ min: 1, max: 3 }),
    startRound: fc.integer({ min: 1, max: 4 }),
    minimumClients: fc.integer({ min: 1, max: clients }),
  });
  // Few distinct values, so that ties are common.
  const value = fc.integer({ min: 0, max: 5 }).map((n) => n / 5);
  const round = fc.tuple(...Array.from({ length: clients }, () => fc.tuple(value, value)));
  const history = fc.array(round, { minLength: 1, maxLength: 8 });

  const metricsOf = (values: readonly (readonly [number, number])[]): ClientMetrics[] =>
    values.map(([precision, recall], client) => ({ client, precision, recall }));

  it('a client is removed exactly when its run of poor rounds is long enough and others remain', () => {
    fc.assert(
      fc.property(rule, history, (settings, rounds) => {
        let ledger = emptyLedger(clients);
        const runs = Array.from({ length: clients }, () => 0);
        rounds.forEach((values, i) => {
          const before = activeClients(ledger);
          const verdict = applyRound(ledger, settings, i + 1, metricsOf(values));
          const after = activeClients(verdict.ledger);
          for (const client of before) runs[client] = verdict.poor.includes(client) ? runs[client]! + 1 : 0;
          const due = verdict.poor.filter((client) => runs[client]! >= settings.strikes);

          expect(before).toEqual(expect.arrayContaining([...verdict.poor]));
          expect(due).toEqual(expect.arrayContaining([...verdict.removed]));
          expect(verdict.removed).toHaveLength(
            Math.min(due.length, Math.max(0, before.length - settings.minimumClients)),
          );
          expect(after).toEqual(before.filter((client) => !verdict.removed.includes(client)));
          if (settings.rule === 'lowest')
            expect(verdict.poor).toHaveLength(i + 1 < settings.startRound ? 0 : 1);
          if (settings.rule === 'average') expect(verdict.poor.length).toBeLessThan(before.length);
          ledger = verdict.ledger;
        });
      }),
    );
  });

  it('the order in which clients report does not matter', () => {
    const shuffled = round.chain((values) =>
      fc.tuple(
        fc.constant(metricsOf(values)),
        fc.shuffledSubarray(metricsOf(values), { minLength: clients, maxLength: clients }),
      ),
    );
    fc.assert(
      fc.property(rule, shuffled, (settings, [inOrder, mixed]) => {
        expect(applyRound(emptyLedger(clients), settings, 5, mixed)).toEqual(
          applyRound(emptyLedger(clients), settings, 5, inOrder),
        );
      }),
    );
  });
});
