import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import { counted, roundId, runDetails, sweepDetails, thousands } from '../../../workflows/labels.ts';
import { exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';

describe('thousands', () => {
  it('writes numbers as English does', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (count) => {
        expect(thousands(count)).toBe(count.toLocaleString('en-US'));
      }),
    );
  });
});

describe('counted', () => {
  it('knows one from many', () => {
    expect([counted(1, 'client'), counted(4000, 'image')]).toEqual(['1 client', '4,000 images']);
  });
});

describe('roundId', () => {
  it('sorts by name', () => {
    expect([roundId('a', 3), roundId('a', 12)]).toEqual(['a/round-03', 'a/round-12']);
  });
});

describe('sweepDetails', () => {
  it('has a row for each cell that has been begun, whatever its label and its failure are made of', () => {
    const message = 'not one of\n  a | b';
    const details = sweepDetails(
      exampleSweep([
        exampleCell({ run: 'tiny-a', label: 'personalization=[a|b]', state: 'finished' }),
        exampleCell({ run: 'tiny-b', state: 'failed', failure: { type: 'Error', message } }),
        exampleCell({ run: 'tiny-c', state: 'waiting' }),
      ]),
    );
    expect(details).toBe(
      [
        '**running** · 1 of 3 cells done',
        '',
        '| cell | run | state |',
        '|---|---|---|',
        '| personalization=[a\\|b] | tiny-a | finished |',
        '| tiny-b | tiny-b | not one of a \\| b |',
      ].join('\n'),
    );
  });
});

describe('runDetails', () => {
  const metrics = { fid: 1.25, precision: 0.5, recall: 0.25 };
  const document = {
    phase: 'round 3',
    paused: false,
    steering: [],
    untrained: { fid: 9 },
    rounds: [
      {
        round: 1,
        participants: 2,
        stragglers: 0,
        meanLoss: 0.75,
        metrics,
        poor: [],
        removed: [],
      },
      { round: 2, participants: 2, stragglers: 1, meanLoss: 0.5, metrics, poor: [0, 1], removed: [1] },
    ],
    ledger: {
      clients: [
        { client: 0, strikes: 1, removal: null },
        { client: 1, strikes: 2, removal: { afterRound: 2, returnsIn: 5 } },
      ],
    },
  } as unknown as RunDocument;

  it('tells the story of the run', () => {
    expect(runDetails(document, 3)).toBe(
      [
        '**round 3** · 2 of 3 rounds done',
        '',
        '| round | clients | mean loss | FID | precision | recall | poor | removed |',
        '|---|---|---|---|---|---|---|---|',
        '| untrained |  |  | 9.0000 |  |  |  |  |',
        '| 1 | 2 | 0.7500 | 1.2500 | 0.500 | 0.250 |  |  |',
        '| 2 | 2, 1 late | 0.5000 | 1.2500 | 0.500 | 0.250 | 0, 1 | 1 |',
        '',
        'Removed: client 1 after round 2, back in round 5',
        '',
        'Warned: client 0 (1 strike)',
        '',
        'Active: 1 client',
      ].join('\n'),
    );
  });

  it('says when personal layers left the clients', () => {
    const [first, second] = document.rounds;
    const rounds = [first!, { ...second!, personalAverage: { hash: 'a', bytes: 1 } }];
    expect(runDetails({ ...document, rounds }, 3)).toContain('Personal layers left the clients');
    expect(runDetails(document, 3)).not.toContain('left the clients');
  });

  it('says what the rounds have cost in privacy', () => {
    const rounds = document.rounds.map((round) => ({ ...round, privacy: { epsilon: 2, delta: 0.001 } }));
    const lines = runDetails({ ...document, rounds }, 3).split('\n');
    expect(lines.slice(2, 6)).toEqual([
      '| round | clients | mean loss | FID | precision | recall | ε at δ = 0.001 | poor | removed |',
      '|---|---|---|---|---|---|---|---|---|',
      '| untrained |  |  | 9.0000 |  |  | – |  |  |',
      '| 1 | 2 | 0.7500 | 1.2500 | 0.500 | 0.250 | 2.00 |  |  |',
    ]);
  });

  it('is one line before there is anything to tell', () => {
    const blank = { ...document, phase: 'data', untrained: null, rounds: [], ledger: { clients: [] } };
    expect(runDetails(blank, 3)).toBe('**data** · 0 of 3 rounds done');
  });
});
