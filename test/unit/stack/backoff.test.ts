import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../infra/stack/backoff.ts';

describe('wait before a restart', () => {
  it('doubles from half a second to fifteen', () => {
    const backoff = new Backoff();
    expect(Array.from({ length: 8 }, () => backoff.next(10))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
    ]);
  });

  it('starts over after ten seconds of health', () => {
    const backoff = new Backoff();
    for (let i = 0; i < 5; i++) backoff.next(10);
    expect(backoff.next(9_999)).toBe(15_000);
    expect(backoff.next(10_000)).toBe(500);
    expect(backoff.next(10)).toBe(1000);
  });
});
