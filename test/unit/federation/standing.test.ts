import { describe, expect, it } from 'vitest';
import { standingIn } from '../../../phoenix/federation/standing.ts';
import { run } from '../report/example-run.ts';

const after = (round: number, client: number) => standingIn(run.rounds[round - 1]!.ledger, client);

describe('standing of a client after a round', () => {
  it('says nothing of a client that is well', () => {
    expect(after(3, 0)).toBeNull();
    expect(after(1, 3)).toBeNull();
  });

  it('counts poor rounds in a row, up to the round in question only', () => {
    expect(after(2, 3)).toBe('poor, 1 in a row');
    expect(after(3, 3)).toBe('poor, 2 in a row: removed');
  });

  it('says when a client comes back', () => {
    const removal = { afterRound: 5, by: 'rule', returnsIn: 8 } as const;
    const ledger = { clients: [{ client: 4, strikes: 2, removal }] };
    expect(standingIn(ledger, 4)).toBe('poor, 2 in a row: removed, back in round 8');
  });
});
