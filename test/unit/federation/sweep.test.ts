import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../../phoenix/federation/records.ts';
import {
  carriedOver,
  isOver,
  withRun,
  type CellState,
  type SweepCell,
} from '../../../phoenix/federation/sweep.ts';

const failure = { type: 'TrainingDiverged', message: 'the loss is not a number' };

const cell = (run: string, state: CellState = 'waiting'): SweepCell => ({
  label: `seed ${run}`,
  experiment: 'tiny',
  run,
  rounds: 2,
  state,
  failure: state === 'failed' ? failure : null,
});

const document = (state: RunDocument['state']) => ({ state, failure: null }) as RunDocument;

describe('a sweep that is submitted again', () => {
  const known = (['finished', 'failed', 'cancelled', 'running', 'waiting'] as const).map((state) =>
    cell(state, state),
  );
  const file = ['new', ...known.map(({ run }) => run)].map((run) => cell(run));

  it('keeps what has finished or failed; everything else waits', () => {
    expect(carriedOver(file, known, false).map(({ run, state }) => [run, state])).toEqual([
      ['new', 'waiting'],
      ['finished', 'finished'],
      ['failed', 'failed'],
      ['cancelled', 'waiting'],
      ['running', 'waiting'],
      ['waiting', 'waiting'],
    ]);
    expect(carriedOver(file, known, false)[2]!.failure).toBe(failure);
  });

  it('has failed cells wait again where it is asked to', () => {
    expect(carriedOver(file, known, true)[2]).toEqual(cell('failed'));
  });

  it('forgets cells that are not in the file any more, and takes labels and order from the file', () => {
    const renamed = { ...cell('finished'), label: 'β 5 %' };
    expect(carriedOver([renamed], known, false)).toEqual([{ ...renamed, state: 'finished' }]);
  });
});

describe('a cell beside what its run says', () => {
  it('that was over for the sweep is what its run has become since', () => {
    expect(withRun(cell('a', 'failed'), document('finished'))).toMatchObject({
      state: 'finished',
      failure: null,
    });
    expect(withRun(cell('a', 'cancelled'), document('running'))).toMatchObject({ state: 'running' });
  });

  it('that waits or runs is not what its run was before', () => {
    for (const state of ['waiting', 'running'] as const)
      expect(withRun(cell('a', state), document('failed'))).toMatchObject({ state, failure: null });
  });

  it('without a run stays as it is', () => {
    expect(withRun(cell('a', 'failed'), null)).toMatchObject({ state: 'failed', failure, document: null });
  });
});

it('is over once nothing waits or runs', () => {
  expect(isOver([cell('a', 'finished'), cell('b', 'failed'), cell('c', 'cancelled')])).toBe(true);
  expect(isOver([cell('a', 'finished'), cell('b', 'running')])).toBe(false);
  expect(isOver([cell('a', 'finished'), cell('b')])).toBe(false);
});
