import { afterEach, describe, expect, it, vi } from 'vitest';
import { log } from '../../../workers/log.ts';
import { patiently } from '../../../workers/patience.ts';

const warnings = vi.spyOn(log, 'warn').mockImplementation(() => {});

afterEach(() => {
  warnings.mockClear();
});

describe('patiently', () => {
  it('tries again until the server answers, and says once whom it waits for', async () => {
    let tries = 0;
    const answer = await patiently('Temporal at localhost:1', new AbortController().signal, async () => {
      tries++;
      if (tries < 3) throw new Error('refused');
      return 'up';
    });
    expect(answer).toBe('up');
    expect(warnings.mock.calls).toEqual([
      ['no answer from Temporal at localhost:1 yet, trying for a minute: refused'],
    ]);
  });

  it('ends without an answer when it is aborted', async () => {
    const stop = new AbortController();
    const attempt = patiently('Temporal', stop.signal, async () => {
      setTimeout(() => stop.abort(), 20);
      throw new Error('refused');
    });
    expect(await attempt).toBe(null);
  });
});
