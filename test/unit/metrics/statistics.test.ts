import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../phoenix/metrics/statistics.ts';

describe('gaussian', () => {
  it('has the mean and the covariance divided by n − 1', () => {
    const { mean, covariance } = gaussian(Float32Array.of(1, 10, 2, 30, 3, 20), 2);
    expect([...mean]).toEqual([2, 20]);
    expect([...covariance]).toEqual([1, 5, 5, 100]);
  });

  it('keeps small variations around a large mean', () => {
    const { covariance } = gaussian(Float32Array.of(1e6, 1e6 + 1, 1e6 + 2), 1);
    expect(covariance[0]).toBe(1);
  });

  it('needs two whole rows', () => {
    expect(() => gaussian(Float32Array.of(1, 2), 2)).toThrow(/two rows/);
    expect(() => gaussian(Float32Array.of(1, 2, 3), 2)).toThrow(/rows of 2/);
  });
});
