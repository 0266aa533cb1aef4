import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { BadInput, explain } from '../../../cli/errors.ts';
import { BadEnvironment } from '../../../phoenix/config/environment.ts';
import { StoreUnreachable } from '../../../phoenix/storage/object-store.ts';

let printed: MockInstance;
beforeEach(() => {
  printed = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => printed.mockRestore());

describe('a command that fails', () => {
  it('ends with 2 and one line for bad input', () => {
    expect(explain(new BadInput('there is no run x'))).toBe(2);
    expect(explain(new BadEnvironment('PHOENIX_DEVICE', 'tpu', 'cpu, gpu'))).toBe(2);
    expect(printed.mock.calls.map(([line]) => line)).toEqual([
      'there is no run x',
      'PHOENIX_DEVICE: "tpu" is not known; allowed: cpu, gpu',
    ]);
  });

  it('ends with 1 and says what to do when the store is away', () => {
    expect(explain(new StoreUnreachable('http://127.0.0.1:7070', new Error('ECONNREFUSED')))).toBe(1);
    expect(printed.mock.calls[0]![0]).toMatch(/http:\/\/127\.0\.0\.1:7070: ECONNREFUSED; .*npx phoenix up/);
  });

  it('shows where a mistake of the program comes from', () => {
    const mistake = new TypeError('undefined is not a function');
    expect(explain(mistake)).toBe(1);
    expect(printed).toHaveBeenCalledWith(mistake);
  });
});
