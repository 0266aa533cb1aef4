import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CheckpointClock,
  lossEnds,
  meanLossReached,
  trainingSteps,
} from '../../../../activities/steps/training-loop.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('lossEnds', () => {
  it('averages the first and the last tenth', () => {
    const losses = Array.from({ length: 20 }, (_, k) => k);
    expect(lossEnds(losses)).toEqual({ firstLoss: 0.5, lastLoss: 18.5 });
  });

  it('takes single steps of a short training', () => {
    expect(lossEnds([3, 2, 1])).toEqual({ firstLoss: 3, lastLoss: 1 });
  });
});

describe('meanLossReached', () => {
  const reached = meanLossReached({ target: 2, steps: 3 });

  it('looks after each so many steps at the mean loss since the last look', () => {
    expect(reached([9, 9, 9, 3, 2, 1])).toBe(true);
    expect(reached([9, 9, 9, 3, 3, 1])).toBe(false);
  });

  it('does not look in between, nor before the first step', () => {
    expect(reached([])).toBe(false);
    expect(reached([1, 1])).toBe(false);
    expect(reached([1, 1, 9, 1])).toBe(false);
  });
});

describe('trainingSteps', () => {
  it('counts steps, or the steps of epochs', () => {
    expect(trainingSteps({ epochs: null, steps: 7 }, 100, 32)).toBe(7);
    expect(trainingSteps({ epochs: 3, steps: null }, 100, 32)).toBe(10);
    expect(() => trainingSteps({ epochs: null, steps: null }, 100, 32)).toThrow(RangeError);
  });
});

describe('CheckpointClock', () => {
  it('loses no more than its seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
    const clock = new CheckpointClock(10);
    vi.advanceTimersByTime(9_999);
    expect(clock.due()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(clock.due()).toBe(true);

    // From the beginning of this one to the end of the next, if that takes as long.
    await clock.timed(async () => void vi.advanceTimersByTime(200));
    vi.advanceTimersByTime(10_000 - 200 - 200 - 1);
    expect(clock.due()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(clock.due()).toBe(true);
  });

  it('waits forty times as long as a checkpoint takes', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
    const clock = new CheckpointClock(10);
    await clock.timed(async () => void vi.advanceTimersByTime(500));
    vi.advanceTimersByTime(39 * 500 - 1);
    expect(clock.due()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(clock.due()).toBe(true);
  });

  it('does not wait longer because one checkpoint took long', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
    const clock = new CheckpointClock(10);
    await clock.timed(async () => void vi.advanceTimersByTime(100));
    await clock.timed(async () => void vi.advanceTimersByTime(5_000));
    vi.advanceTimersByTime(10_000);
    expect(clock.due()).toBe(true);
  });
});
