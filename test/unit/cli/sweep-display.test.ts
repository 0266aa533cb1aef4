import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { LineOfChanges, sweepDisplayOn } from '../../../cli/sweep-display.ts';
import type { CellProgress } from '../../../phoenix/federation/sweep.ts';
import { timeLeft } from '../../../phoenix/report/time-left.ts';
import { at, exampleCell, exampleSweep } from '../../helpers/example-sweep.ts';

const waiting = exampleCell({ run: 'b', label: 'β 15 %', state: 'waiting' });
const begun = exampleCell({ run: 'b', label: 'β 15 %' }, []);
const first = exampleCell({ run: 'a', label: 'β 5 %' }, [[0, 5]]);
const second = exampleCell({ run: 'a', label: 'β 5 %' }, [
  [0, 5],
  [5, 10],
]);
const failure = { type: 'Error', message: 'no such\nclasses' };
const failed = exampleCell({ run: 'a', label: 'β 5 %', state: 'failed', failure }, [[0, 5]]);

describe('a sweep in lines', () => {
  it('says how it stands at first, and then what changes', () => {
    const lines: string[] = [];
    const display = new LineOfChanges((line) => lines.push(line));
    const show = (cells: readonly CellProgress[], paused = false): string[] => {
      const sweep = exampleSweep(cells, { paused });
      display.show(sweep, timeLeft(sweep, Date.parse(at(10))));
      return lines.splice(0);
    };
    expect(show([first, waiting])).toEqual([
      'table3: running, about 1 h 30 min left, 1 of 20 rounds, 2 cells (1 running, 1 waiting)',
      'β 5 %: running, 1 of 10 rounds, FID 12.0, precision 0.600, recall 0.410, about 40 min left',
    ]);
    expect(show([first, waiting])).toEqual([]);
    expect(show([second, begun])).toEqual([
      'β 5 %: running, 2 of 10 rounds, FID 6.00, precision 0.600, recall 0.410, about 40 min left',
      'β 15 %: running, 0 of 10 rounds, about 50 min left',
    ]);
    expect(show([failed, begun])).toEqual([
      'β 5 %: failed, 1 of 10 rounds, FID 12.0, precision 0.600, recall 0.410, no such classes',
    ]);
    expect(show([failed, begun], true)).toEqual([
      'table3: paused, 1 of 20 rounds, 2 cells (1 running, 1 failed)',
    ]);
  });
});

/** A terminal as far as cursor movements that begin in the first column go. */
class Terminal extends EventEmitter {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  lines: string[] = [''];
  #row = 0;

  write(text: string): boolean {
    if (text.startsWith('\u001b[') && text.endsWith('A')) {
      const row = this.lines.length - 1 - Number(text.slice(2, -1));
      expect(row).toBeGreaterThanOrEqual(0);
      this.#row = row;
    } else if (text === '\u001b[0J') {
      this.lines = [...this.lines.slice(0, this.#row), ''];
    } else {
      for (const line of text.replace(/\n$/, '').split('\n')) {
        expect(line.length).toBeLessThan(this.columns);
        this.lines.splice(-1, 1, line, '');
      }
    }
    return true;
  }
}

describe('a sweep on a terminal', () => {
  it('is drawn in its place, with what is said above it, and leaves nothing', () => {
    const terminal = new Terminal();
    const display = sweepDisplayOn(terminal as unknown as WriteStream);
    const show = (cells: readonly CellProgress[]): string[] => {
      const sweep = exampleSweep(cells);
      display.show(sweep, timeLeft(sweep, Date.parse(at(10))));
      return terminal.lines;
    };
    expect(show([first, waiting]).join('\n')).toMatch(
      /^table3: running.*\n\ncell .*\n─+\nβ 5 % .* 1\/10 .*\nβ 15 % .*\nCtrl-C .*\n$/,
    );
    const drawn = show([failed, begun]);
    expect(drawn.filter((line) => line.startsWith('table3'))).toHaveLength(1);
    expect(drawn.join('\n')).toMatch(/\nβ 5 % \(a\) failed: no such classes\nCtrl-C .*\n$/);
    display.say('Temporal does not answer');
    expect(terminal.lines[0]).toBe('Temporal does not answer');
    expect(terminal.lines).toHaveLength(drawn.length + 1);
    display.close();
    expect(terminal.lines).toEqual(['Temporal does not answer', '']);
  });

  it('fits on the screen, however many cells there are and have failed', () => {
    const terminal = new Terminal();
    const display = sweepDisplayOn(terminal as unknown as WriteStream);
    const cells = Array.from({ length: 150 }, (_, i) =>
      exampleCell({ run: `r${i}`, label: `cell ${i}`, ...(i < 60 ? { state: 'failed', failure } : {}) }, []),
    );
    for (const rows of [12, 24, 50]) {
      terminal.rows = rows;
      const sweep = exampleSweep(cells);
      display.show(sweep, timeLeft(sweep, 0));
      expect(terminal.lines.length).toBeLessThanOrEqual(rows);
      expect(terminal.lines.join('\n')).toContain('… and ');
    }
  });

  it('takes a terminal that does not know its size for a usual one', () => {
    const written: string[] = [];
    const write = (text: string) => written.push(text);
    const display = sweepDisplayOn({ isTTY: true, columns: 0, rows: 0, write } as unknown as WriteStream);
    const sweep = exampleSweep([first, waiting]);
    display.show(sweep, timeLeft(sweep, Date.parse(at(10))));
    expect(written.join('')).toMatch(/^table3: running.*\n\ncell .*\n─+\nβ 5 % .* 1\/10 .*\n/);
  });
});
