import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { endBy, failureOf } from '../../../phoenix/federation/failure.ts';

/** As whoever waits for a run gets it. */
const child = (cause: Error): Error => new Error('the child workflow has failed', { cause });

describe('why a run failed', () => {
  it('is what its step said, whatever that was caused by', () => {
    const step = ApplicationFailure.create({
      type: 'TrainingDiverged',
      message: 'the loss is not a number',
      cause: new Error('NaN'),
    });
    expect(failureOf(child(child(step)))).toEqual({
      type: 'TrainingDiverged',
      message: 'the loss is not a number',
    });
  });

  it('is the innermost error where no step has spoken', () => {
    expect(failureOf(child(new RangeError('too far')))).toEqual({ type: 'RangeError', message: 'too far' });
    expect(failureOf('broken')).toEqual({ type: 'Error', message: 'broken' });
  });
});

describe('the end of a run', () => {
  it('is a failure, or was asked for', () => {
    const failed = ApplicationFailure.nonRetryable('no such image', 'DataFileMissing');
    expect(endBy(child(failed))).toEqual({
      state: 'failed',
      failure: { type: 'DataFileMissing', message: 'no such image' },
    });
    for (const cause of [new CancelledFailure('stop'), new TerminatedFailure('terminated', undefined)])
      expect(endBy(child(cause))).toEqual({ state: 'cancelled', failure: null });
    expect(endBy(new CancelledFailure('before it began'))).toEqual({ state: 'cancelled', failure: null });
  });
});
