import { describe, expect, it } from 'vitest';
import { describeSpent, epsilonColumn } from '../../../../phoenix/federation/privacy/describe.ts';

describe('what was spent', () => {
  it('is rounded up', () => {
    expect(describeSpent({ epsilon: 3.2001, delta: 1e-5 })).toBe('ε = 3.21 at δ = 0.00001');
    expect(describeSpent({ epsilon: null, delta: 1e-7 })).toBe('ε = ∞ at δ = 1e-7');
  });

  it('is a column of tables where rounds are protected, and only there', () => {
    const column = epsilonColumn([{ privacy: null }, { privacy: { epsilon: 2, delta: 0.001 } }]);
    expect(column.title).toEqual(['ε at δ = 0.001']);
    expect(column.cell({ privacy: { epsilon: 2, delta: 0.001 } })).toEqual(['2.00']);
    expect(column.cell({ privacy: null })).toEqual(['–']);
    expect(column.cell(null)).toEqual(['–']);
    const none = epsilonColumn([{ privacy: null }]);
    expect([...none.title, ...none.cell({ privacy: null })]).toEqual([]);
  });
});
