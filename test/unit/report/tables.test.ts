import { describe, expect, it } from 'vitest';
import { clientsTable, roundsTable, textTable } from '../../../phoenix/report/tables.ts';
import { privateRun, run } from './example-run.ts';

const cells = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));

describe('tables of a run', () => {
  it('has a row for the untrained network and one per round', () => {
    expect(cells(roundsTable(run))).toEqual([
      ['round', 'clients trained', 'FID', 'FID (64)', 'IS', 'precision', 'recall', 'removed'],
      [expect.stringMatching(/^─+$/)],
      ['untrained', '–', '98.7', '0.456', '3.13 ± 0.11', '0.020', '0.410'],
      ['1', '4', '12.3', '0.456', '3.13 ± 0.11', '0.600', '0.410'],
      ['2', '4', '6.17', '0.456', '3.13 ± 0.11', '0.700', '0.410'],
      ['3', '4', '4.11', '0.456', '3.13 ± 0.11', '0.800', '0.410', 'client 3'],
    ]);
  });

  it('says what each round has left of privacy, where there is any', () => {
    const [header, , untrained, ...rounds] = cells(roundsTable(privateRun));
    expect(header!.slice(-2)).toEqual(['ε at δ = 0.00001', 'removed']);
    expect(untrained!.at(-1)).toBe('–');
    expect(rounds.map((row) => row[7])).toEqual(['1.50', '3.00', '4.50']);
  });

  it('has a row per round and client, with strikes and removals in words', () => {
    const rows = cells(clientsTable(run));
    expect(rows).toHaveLength(2 + 3 * 4);
    expect(rows[2]).toEqual([
      '1',
      '0',
      'airplane, automobile',
      '6,000',
      '0.0871',
      '–',
      '–',
      '2.47 MB',
      '2.47 MB',
    ]);
    expect(rows[9]!.slice(-2)).toEqual(['2.47 MB', 'poor, 1 in a row']);
    expect(rows[13]!.at(-1)).toBe('poor, 2 in a row: removed');
  });

  it('says who was late, and how far they had come', () => {
    const [first, ...others] = run.rounds;
    const late = [{ client: 1, done: 12, total: 47 }];
    const clients = first!.clients.filter(({ client }) => client !== 1);
    const round = { ...first!, clients, late, participants: 3, stragglers: 1 };
    const rounds = [round, ...others];
    expect(cells(roundsTable({ ...run, rounds }))[3]!.slice(0, 2)).toEqual(['1', '3, 1 late']);
    expect(cells(clientsTable({ ...run, rounds }))[3]).toEqual([
      '1',
      'bird, cat',
      '–',
      '–',
      '–',
      '–',
      '2.47 MB',
      '0.00 MB',
      'late, after 12 of 47 steps',
    ]);
  });

  it('is empty before the first round', () => {
    expect(clientsTable({ ...run, rounds: [] })).toBe('');
    expect(textTable(['a'], [])).toBe('');
  });
});
