import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../cli/errors.ts';
import { experimentOf, findRun, stateOf } from '../../../cli/runs.ts';

const runs = ['paper-0a00000002', 'quickstart-0b00000001', 'paper-0a00000001', 'paper-2-0c00000001'].map(
  (run) => ({
    run,
    experiment: experimentOf(run),
  }),
);

describe('which run is meant', () => {
  it.each([
    ['its id', 'paper-0a00000001', 'paper-0a00000001'],
    ['the name of its experiment: the newest', 'paper', 'paper-0a00000002'],
    ['the beginning of one id only', 'quick', 'quickstart-0b00000001'],
    ['an experiment whose name begins like another', 'paper-2', 'paper-2-0c00000001'],
  ])('is said by %s', (_, wanted, run) => expect(findRun(wanted, runs).run).toBe(run));

  it('must be one', () => {
    expect(() => findRun('paper-0a', runs)).toThrow(BadInput);
    expect(() => findRun('paper-0a', runs)).toThrow(
      'paper-0a is the beginning of 2 runs: paper-0a00000002, paper-0a00000001',
    );
  });

  it('must be there', () => {
    expect(() => findRun('nothing', runs)).toThrow(/there is no run nothing; there are paper-0a00000002, /);
    expect(() => findRun('nothing', [])).toThrow('there is no run nothing; there are no runs yet');
  });
});

it('calls the ends of a workflow what the records call them', () => {
  expect(
    (['COMPLETED', 'FAILED', 'TIMED_OUT', 'TERMINATED', 'CANCELLED', 'RUNNING'] as const).map(stateOf),
  ).toEqual(['finished', 'failed', 'failed', 'cancelled', 'cancelled', 'running']);
});
