import { describe, expect, it } from 'vitest';
import { withNoise } from '../../../phoenix/data/noise.ts';

const grey = new Uint8Array(60_000).fill(128);
const deviation = (values: Uint8Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - 128) ** 2, 0) / values.length);

describe('withNoise', () => {
  it.each([0.01, 0.05, 0.1])('has a deviation of %d of white', (level) => {
    const noisy = withNoise(grey, level, 3);
    // Rounding adds the variance of a uniform number, 1/12.
    expect(deviation(noisy)).toBeCloseTo(Math.hypot(255 * level, Math.sqrt(1 / 12)), 0);
  });

  it('stays between black and white', () => {
    const black = withNoise(new Uint8Array(1000), 0.2, 3);
    const white = withNoise(new Uint8Array(1000).fill(255), 0.2, 3);
    expect(black.filter((value) => value === 0).length).toBeGreaterThan(400);
    expect(white.filter((value) => value === 255).length).toBeGreaterThan(400);
    expect(Math.max(...black)).toBeLessThan(255);
    expect(Math.min(...white)).toBeGreaterThan(0);
  });

  it('depends on the seed alone, and leaves what it is given', () => {
    const images = grey.slice();
    expect(withNoise(images, 0.1, 3)).toEqual(withNoise(grey, 0.1, 3));
    expect(withNoise(images, 0.1, 4)).not.toEqual(withNoise(grey, 0.1, 3));
    expect(images).toEqual(grey);
  });
});
