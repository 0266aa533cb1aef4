import { describe, expect, it } from 'vitest';
import { labelOf } from '../../../../phoenix/config/sweep/label.ts';

describe('the name of a cell', () => {
  it.each([
    [{ 'data.sharing.beta': 25, 'data.sharing.alpha': 50 }, 1, 'β 25 %, α 50 %, seed 1'],
    [{ 'data.partition.kind': 'centralized', 'training.steps': 1200 }, null, 'centralized, 1200 steps'],
    [{ filtering: { rule: 'lowest' } }, null, 'lowest'],
    [{ filtering: { rule: 'threshold', threshold: 0.7 } }, null, 'threshold 0.7'],
    [{ filtering: { rule: 'lowest', strikes: 3 } }, null, 'filtering={ rule: lowest, strikes: 3 }'],
    [{ filtering: null }, null, 'filtering=null'],
    [{ 'training.learningRate': 0.001 }, null, 'training.learningRate=0.001'],
    [{}, null, 'as it stands'],
  ])('%j, seed %j: %s', (values, seed, label) => {
    expect(labelOf(values, seed)).toBe(label);
  });
});
