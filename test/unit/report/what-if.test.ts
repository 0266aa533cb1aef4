import { describe, expect, it } from 'vitest';
import type { FilteringRule } from '../../../phoenix/federation/strikes.ts';
import { replay } from '../../../phoenix/federation/what-if.ts';
import { ruleInWords, whatIfNotes, whatIfTable } from '../../../phoenix/report/what-if.ts';
import { run } from './example-run.ts';

/** As the run's own: client 3 has the lowest precision in rounds 2 and 3, and is removed. */
const lowest: FilteringRule = {
  rule: 'lowest',
  threshold: null,
  metric: 'precision',
  strikes: 2,
  startRound: 2,
  minimumClients: 1,
  removal: 'permanent',
  skipRounds: null,
};
const above: FilteringRule = { ...lowest, rule: 'threshold', threshold: 0.6, strikes: 1 };

it.each<[Partial<FilteringRule>, string]>([
  [{}, 'the lowest precision, 2 rounds in a row, from round 2 on: removed for good; at least 1 client stays'],
  [
    { metric: 'both', strikes: 1, removal: 'temporary', skipRounds: 2 },
    'the lowest mean of precision and recall, once, from round 2 on: removed for 2 rounds; at least 1 client stays',
  ],
  [{ rule: 'threshold', threshold: 0.65, metric: 'recall' }, 'recall below 0.65, 2 rounds in a row'],
  [{ rule: 'average', metric: 'both', minimumClients: 4 }, "precision and recall below the round's average"],
])('a rule in words: %j', (changes, words) =>
  expect(ruleInWords({ ...lowest, ...changes })).toContain(words),
);

const cells = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));

describe('what a rule would have done', () => {
  it('stands beside what happened', () => {
    const temporary = { ...above, removal: 'temporary', skipRounds: 1 } as const;
    expect(cells(whatIfTable(replay(run, temporary)))).toEqual([
      ['round', 'measured', 'warned', 'removed', 'would be warned', 'would be removed'],
      [expect.stringMatching(/^─+$/)],
      ['1', '0'],
      ['2', '4', '3', '1, 3, back in round 4'],
      ['3', '4', '3'],
    ]);
  });

  it('says from where on metrics are of another federation', () => {
    expect(whatIfNotes(replay(run, above))).toEqual([
      'From round 3 on other clients would have taken part: metrics from then on are those of the real federation, which still had client 1, client 3.',
    ]);
    expect(whatIfNotes(replay(run, { ...lowest, strikes: 3 }))).toEqual([
      'From round 4 on other clients would take part.',
    ]);
    expect(whatIfNotes(replay(run, lowest))).toEqual([
      'In every finished round the same clients would have taken part.',
    ]);
  });

  it('says who is not judged', () => {
    expect(whatIfNotes(replay(run, { ...lowest, startRound: 1 }))).toContain(
      'Without metrics, and so not judged, in round 1: client 0, client 1, client 2, client 3.',
    );
  });
});
