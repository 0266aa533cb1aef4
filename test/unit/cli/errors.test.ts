import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { BadInput, explain } from '../../../cli/errors.ts';
import { CorruptObject, MissingObject } from '../../../phoenix/storage/blobs.ts';
import { SettingsError } from '../../../phoenix/config/settings-error.ts';
import { StoreUnreachable } from '../../../phoenix/storage/store-errors.ts';
import { CorruptSweep } from '../../../phoenix/storage/sweeps.ts';

let printed: MockInstance;
beforeEach(() => {
  printed = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

describe('a command that fails', () => {
  it('ends with 2 and one line for bad input', () => {
    expect(explain(new BadInput('there is no run x'))).toBe(2);
    const place = { file: 'x.yaml', line: 2, column: 7 };
    expect(explain(new SettingsError(place, ['seed'], '-1 is out of range', '0 to 9'))).toBe(2);
    expect(printed.mock.calls.map(([line]) => line)).toEqual([
      'there is no run x',
      'x.yaml:2:7 seed: -1 is out of range; allowed: 0 to 9',
    ]);
  });

  it('ends with 1 and says what to do when the store is away', () => {
    expect(explain(new StoreUnreachable('http://127.0.0.1:7070', new Error('ECONNREFUSED')))).toBe(1);
    expect(printed.mock.calls[0]![0]).toMatch(/http:\/\/127\.0\.0\.1:7070: ECONNREFUSED; .*npx phoenix up/);
  });

  it('says how an object that is damaged is made again', () => {
    expect(explain(new MissingObject('blobs/sha256/00'))).toBe(1);
    expect(printed.mock.calls[0]![0]).toMatch(
      /^the object blobs\/sha256\/00 is missing .*npx phoenix resume/,
    );
    expect(explain(new CorruptSweep('grid', new CorruptObject('sweeps/grid.json', 'this', 'that')))).toBe(1);
    expect(printed.mock.calls[1]![0]).toMatch(
      /^what is known of the sweep grid is damaged: .*npx phoenix sweep/,
    );
  });

  it('shows where a mistake of the program comes from', () => {
    const mistake = new TypeError('undefined is not a function');
    expect(explain(mistake)).toBe(1);
    expect(printed).toHaveBeenCalledWith(mistake);
  });
});
