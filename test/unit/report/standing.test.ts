import { describe, expect, it } from 'vitest';
import { standingAfter } from '../../../phoenix/report/standing.ts';
import { run } from './example-run.ts';

describe('standing of a client after a round', () => {
  it('says nothing of a client that is well', () => {
    expect(standingAfter(run.rounds, 3, 0)).toBeNull();
    expect(standingAfter(run.rounds, 1, 3)).toBeNull();
  });

  it('counts poor rounds in a row, up to the round in question only', () => {
    expect(standingAfter(run.rounds, 2, 3)).toBe('poor, 1 in a row');
    expect(standingAfter(run.rounds, 3, 3)).toBe('poor, 2 in a row: removed');
  });

  it('starts again after a good round', () => {
    const rounds = [[3], [], [3]].map((poor, i) => ({ ...run.rounds[0]!, round: i + 1, poor, removed: [] }));
    expect(standingAfter(rounds, 3, 3)).toBe('poor, 1 in a row');
  });
});
