import { describe, expect, it } from 'vitest';
import { describeOpen, LineDisplay } from '../../../cli/display.ts';
import type { OpenStep } from '../../../cli/activity-log.ts';

const step: OpenStep = {
  label: 'round 1 · client 0 · train, 6,000 images',
  isRunning: true,
  done: 20,
  total: 47,
  loss: 0.08712,
  attempt: 1,
  lastFailure: null,
};

describe('a step in words', () => {
  it('tells how far it is', () => {
    expect(describeOpen(step)).toBe('round 1 · client 0 · train, 6,000 images: 42 % (20 of 47), loss 0.0871');
    expect(describeOpen({ ...step, total: 0, loss: null })).toBe('round 1 · client 0 · train, 6,000 images');
    expect(describeOpen({ ...step, label: 'x', loss: null, isRunning: false })).toBe(
      'x: 42 % (20 of 47): waits for a worker',
    );
  });
});

describe('progress in lines', () => {
  function display() {
    const clock = { now: 0 };
    const lines: string[] = [];
    const shown = new LineDisplay(
      (line) => lines.push(line),
      () => clock.now,
    );
    return { clock, lines, shown };
  }

  it('is at most one line in ten seconds', () => {
    const { clock, lines, shown } = display();
    for (clock.now = 0; clock.now <= 60_000; clock.now += 500) shown.open([step]);
    expect(lines).toHaveLength(6);
  });

  it('is not told right after a finished step', () => {
    const { clock, lines, shown } = display();
    clock.now = 9_000;
    shown.ended({ label: 'prepare', at: 0, took: 1234, failure: null });
    clock.now = 12_000;
    shown.open([step]);
    expect(lines).toEqual(['prepare: 1.2 s']);
    clock.now = 19_000;
    shown.open([{ ...step, isRunning: false, label: 'waiting' }, step]);
    expect(lines[1]).toContain('client 0');
  });

  it('tells each failed attempt at once, and once', () => {
    const { lines, shown } = display();
    const retried = { ...step, label: 'train', attempt: 2, lastFailure: 'the worker is gone' };
    shown.open([retried]);
    shown.open([retried]);
    shown.open([{ ...retried, attempt: 3 }]);
    expect(lines).toEqual([
      'train: attempt 2, since: the worker is gone',
      'train: attempt 3, since: the worker is gone',
    ]);
  });

  it('says why a step failed for good', () => {
    const { lines, shown } = display();
    shown.ended({ label: 'prepare', at: 0, took: 10, failure: 'no such file' });
    expect(lines).toEqual(['prepare: failed: no such file']);
  });
});
