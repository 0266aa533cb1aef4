import { describe, expect, it } from 'vitest';
import {
  countedStates,
  cut,
  failures,
  roughly,
  sweepSummary,
  sweepTable,
} from '../../../phoenix/report/sweep-table.ts';
import { timeLeft } from '../../../phoenix/report/time-left.ts';
import { at, exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';

const failure = { type: 'SettingsError', message: 'no such classes' };
const sweep = exampleSweep([
  exampleCell({ run: 'paper-0a00000001', label: 'β 5 %, α 25 %', state: 'finished', rounds: 2 }, [
    [0, 5],
    [5, 10],
  ]),
  exampleCell({ run: 'paper-0b00000001', label: 'β 15 %, α 25 %' }, [[10, 15]]),
  exampleCell({ run: 'paper-0c00000001', label: 'β 25 %, α 25 %' }, [], { paused: true }),
  exampleCell({ run: 'paper-0d00000001', label: 'β 5 %, α 50 %', state: 'failed', failure }),
  exampleCell({ run: 'paper-0e00000001', label: 'β 15 %, α 50 %', state: 'waiting' }),
]);
const left = timeLeft(sweep, Date.parse(at(16)));
const lines = (table: string): string[] => table.trimEnd().split('\n');

describe('the table of a sweep', () => {
  it('has a row per cell, in the order of its file', () => {
    expect(lines(sweepTable(sweep, left))).toEqual([
      'cell            state     rounds   FID    IS  prec.  recall    left  run',
      '─'.repeat(87),
      'β 5 %, α 25 %   finished     2/2  6.00  3.13  0.600   0.410       –  paper-0a00000001',
      'β 15 %, α 25 %  running     1/10  12.0  3.13  0.600   0.410  44 min  paper-0b00000001',
      'β 25 %, α 25 %  paused      0/10     –     –      –       –       –  paper-0c00000001',
      'β 5 %, α 50 %   failed      0/10     –     –      –       –       –  paper-0d00000001',
      'β 15 %, α 50 %  waiting     0/10     –     –      –       –       –  paper-0e00000001',
    ]);
  });

  it('leaves out the runs, and then cuts labels, where there is no room', () => {
    for (const columns of [80, 66, 63]) {
      const shown = lines(sweepTable(sweep, left, { columns, rows: 20 }));
      expect(shown).toHaveLength(7);
      for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
      expect(shown.join()).not.toContain('paper-');
    }
    const [, , first] = lines(sweepTable(sweep, left, { columns: 63, rows: 20 }));
    expect(first).toMatch(/^β 5 %, … +finished /);
  });

  it('shows cells that are under way and failed ones first, and counts the others', () => {
    const many = exampleSweep([
      ...Array.from({ length: 100 }, (_, i) =>
        exampleCell({ run: `w${i}`, state: i < 27 ? 'finished' : 'waiting' }, i < 27 ? [] : null),
      ),
      exampleCell({ run: 'bad', state: 'failed', failure }),
      exampleCell({ run: 'good' }, []),
    ]);
    const shown = lines(sweepTable(many, left, { columns: 80, rows: 5 }));
    expect(shown.slice(2).map((line) => line.split(' ')[0])).toEqual(['good', 'bad', 'w0', 'w1', '…']);
    expect(shown.at(-1)).toBe('… and 25 finished, 73 waiting');
    expect(lines(sweepTable(many, left))).toHaveLength(104);
  });
});

describe('a sweep in words', () => {
  it('is said in one line', () => {
    expect(sweepSummary(sweep, left)).toBe(
      'table3: running, about 2 h 24 min left, 3 of 42 rounds, 5 cells (2 running, 1 failed, 1 finished, 1 waiting)',
    );
    const held = { ...exampleSweep(sweep.cells.slice(4)), paused: true };
    expect(sweepSummary(held, timeLeft(held, 0))).toBe('table3: paused, 0 of 10 rounds, 1 cell (1 waiting)');
  });

  it('says which cells have failed, and why', () => {
    expect(failures(sweep)).toEqual(['β 5 %, α 50 % (paper-0d00000001) failed: no such classes']);
  });

  it('counts states as they matter', () => {
    expect(countedStates([{ state: 'waiting' }, { state: 'failed' }, { state: 'waiting' }])).toBe(
      '1 failed, 2 waiting',
    );
  });

  it('is no more exact than an estimate', () => {
    const seconds = [0, 42, 59.6, 125, 3570, 3600 * 3.2, 3600 * 47.99, 3600 * 51];
    expect(seconds.map((value) => roughly(value * 1000))).toEqual([
      '0 s',
      '42 s',
      '1 min',
      '2 min',
      '1 h 0 min',
      '3 h 12 min',
      '47 h 59 min',
      '2 d 3 h',
    ]);
    expect(roughly(null)).toBe('–');
  });

  it('is cut where it is too long', () => {
    expect([cut('β 5 %', 5), cut('β 15 %', 5)]).toEqual(['β 5 %', 'β 15…']);
  });
});
