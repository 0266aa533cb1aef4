import { describe, expect, it } from 'vitest';
import { clippingFactor, noiseStdOf } from '../../../../phoenix/federation/privacy/clipping.ts';

describe('clippingFactor', () => {
  it('scales what is too long, and nothing else', () => {
    expect(clippingFactor(4, 1)).toBe(0.25);
    expect(clippingFactor(1, 1)).toBe(1);
    expect(clippingFactor(0, 1)).toBe(1);
  });

  it.each([NaN, Infinity])('takes no update of norm %d', (norm) => {
    expect(() => clippingFactor(norm, 1)).toThrow(new RangeError(`the norm of an update is ${norm}`));
  });
});

describe('noiseStdOf', () => {
  it('is z·C/n among equals, and bounded by the largest share where they are not', () => {
    const settings = { clip: 5, noiseMultiplier: 0.3 };
    expect(noiseStdOf(settings, Array(7).fill(4000))).toBeCloseTo((0.3 * 5) / 7, 15);
    expect(noiseStdOf(settings, [1000, 3000])).toBeCloseTo(0.3 * 5 * 0.75, 15);
    expect(noiseStdOf({ ...settings, noiseMultiplier: 0 }, [1, 2])).toBe(0);
  });
});
