import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../activities/failures.ts';
import { TrainingDiverged } from '../../../activities/steps/training-loop.ts';
import { DataFileMissing } from '../../../phoenix/data/cifar10.ts';
import { CorruptObject, MissingObject } from '../../../phoenix/storage/blobs.ts';
import { ClaimLost, StepHeldElsewhere } from '../../../phoenix/storage/claim.ts';
import { StoreUnreachable } from '../../../phoenix/storage/store-errors.ts';
import { EngineCrashed } from '../../../workers/engine-slot.ts';

describe('failureOf', () => {
  it.each([
    new CorruptObject('blobs/sha256/00', 'a', 'b'),
    new MissingObject('blobs/sha256/00'),
    new DataFileMissing('train-images.bin'),
    new TrainingDiverged(3),
    new RangeError('no batch of 0 images'),
  ])('gives up on $name', (error) => {
    expect(failureOf(error)).toMatchObject({
      nonRetryable: true,
      type: error.name,
      message: error.message,
    });
  });

  it.each([
    new StoreUnreachable('http://localhost:1', new Error('ECONNREFUSED')),
    new EngineCrashed(null, 'SIGKILL'),
    new Error('socket hang up'),
  ])('tries again after $name', (error) => {
    expect(failureOf(error)).toMatchObject({
      nonRetryable: false,
      type: error.name,
      message: error.message,
    });
  });

  it('comes back soon for a step that somebody else computes', () => {
    const owner = { workflow: 'run-1', execution: 'only', activity: '3', attempt: 2 };
    const failure = failureOf(new StepHeldElsewhere('aa', { owner, expires: 0 }));
    expect(failure).toMatchObject({ type: 'StepHeldElsewhere', nonRetryable: false, nextRetryDelay: '5 s' });
    expect(failureOf(new ClaimLost('aa'))).toMatchObject({ type: 'ClaimLost', nonRetryable: false });
  });

  it('leaves failures alone and takes anything that is thrown', () => {
    const failure = ApplicationFailure.retryable('later', 'Busy');
    expect(failureOf(failure)).toBe(failure);
    expect(failureOf('nothing')).toMatchObject({ message: 'nothing', nonRetryable: false });
  });
});
