import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { findNamed, findRun } from '../../../cli/names.ts';
import { experimentOf } from '../../../cli/runs.ts';

const runs = ['paper-0a00000002', 'quickstart-0b00000001', 'paper-0a00000001', 'paper-2-0c00000001'].map(
  (run) => ({
    run,
    experiment: experimentOf(run),
  }),
);
const sweeps = ['table3', 'quick'];

describe('what is meant', () => {
  it.each([
    ['the id of a run', 'paper-0a00000001', 'paper-0a00000001'],
    ['the name of its experiment: the newest', 'paper', 'paper-0a00000002'],
    ['the beginning of one id only', 'quicks', 'quickstart-0b00000001'],
    ['an experiment whose name begins like another', 'paper-2', 'paper-2-0c00000001'],
  ])('is a run by %s', (_, wanted, run) => {
    expect(findNamed(wanted, runs, sweeps)).toEqual({ run: expect.objectContaining({ run }) });
    expect(findRun(wanted, runs, sweeps).run).toBe(run);
  });

  it('is a sweep by its name, which no beginning of a run hides', () => {
    expect(findNamed('table3', runs, sweeps)).toEqual({ sweep: 'table3' });
    expect(findNamed('quick', runs, sweeps)).toEqual({ sweep: 'quick' });
  });

  it('is a sweep rather than an experiment, but not for what takes runs only', () => {
    expect(findNamed('paper', runs, ['paper'])).toEqual({ sweep: 'paper' });
    expect(findRun('paper', runs, ['paper']).run).toBe('paper-0a00000002');
    expect(() => findRun('quick', runs, sweeps)).toThrow(BadInput);
    expect(() => findRun('quick', runs, sweeps)).toThrow(
      /^quick is a sweep; `npx phoenix status quick` shows its cells$/,
    );
  });

  it('must be one', () => {
    expect(() => findNamed('paper-0a', runs, sweeps)).toThrow(BadInput);
    expect(() => findNamed('paper-0a', runs, sweeps)).toThrow(
      'paper-0a is the beginning of 2 runs: paper-0a00000002, paper-0a00000001',
    );
  });

  it.each([
    [
      runs,
      sweeps,
      `there is no run or sweep nothing; there are the sweeps table3, quick and the runs ${runs.map(({ run }) => run).join(', ')}`,
    ],
    [[], sweeps, 'there is no run or sweep nothing; there are the sweeps table3, quick and no runs yet'],
    [runs, [], `there is no run nothing; there are ${runs.map(({ run }) => run).join(', ')}`],
    [[], [], 'there is no run nothing; there are no runs yet'],
  ])('must be there, and says what is', (known, names, message) => {
    for (const find of [findNamed, findRun]) {
      expect(() => find('nothing', known, names)).toThrow(BadInput);
      expect(() => find('nothing', known, names)).toThrow(new BadInput(message).message);
    }
  });

  it('is one of many: some of them are named', () => {
    const many = Array.from({ length: 9 }, (_, at) => `sweep-${at}`);
    expect(() => findNamed('nothing', [], many)).toThrow(/sweep-4 … and no runs yet$/);
  });
});
