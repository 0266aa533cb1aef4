import { describe, expect, it } from 'vitest';
import { emaDecay } from '../../../phoenix/engine/ema.ts';
import { keptShare, moveAverage } from '../../../phoenix/federation/moving-average.ts';

describe('a moving average over rounds', () => {
  it('keeps the share that an average over training steps does', () => {
    for (const decay of [0, 0.3, 0.9, 0.9999, 1])
      for (const round of [1, 2, 3, 10, 100, 1000])
        expect(keptShare(round, decay)).toBe(
          emaDecay(round, { decay, minDecay: 0, updateAfterStep: 0, warmup: null }),
        );
  });

  const moved = (average: Float32Array, weights: Float32Array, share: number): Float32Array => {
    const out = new Float32Array(average.length);
    moveAverage(average, weights, share, out);
    return out;
  };

  it('is rounded once', () => {
    const average = Float32Array.of(1, -2, 0.1, 1e-20);
    const weights = Float32Array.of(3, 4, 0.7, 3e-20);
    const expected = [...average].map((value, i) => Math.fround(0.9 * value + (1 - 0.9) * weights[i]!));
    expect([...moved(average, weights, 0.9)]).toEqual(expected);
  });

  it('of equal weights is those weights, and with the share 0 the new ones', () => {
    const weights = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 10 ** (i % 7));
    expect(moved(weights, weights, 0.75)).toEqual(weights);
    expect(moved(new Float32Array(100).fill(7), weights, 0)).toEqual(weights);
  });
});
