import { describe, expect, it } from 'vitest';
import { inceptionScore } from '../../../phoenix/metrics/inception-score.ts';

/** Certain logits for the given labels: [labels.length, classes]. */
function certain(labels: number[], classes: number): Float32Array {
  return Float32Array.from(
    labels.flatMap((label) => Array.from({ length: classes }, (_, y) => (y === label ? 1000 : 0))),
  );
}
const range = (count: number) => [...Array(count).keys()];

describe('inceptionScore', () => {
  it('is the number of classes when labels are certain and even', () => {
    const labels = range(40).map((i) => i % 4);
    const { mean, std } = inceptionScore(certain(labels, 4), 4, range(40));
    expect(mean).toBeCloseTo(4, 12);
    expect(std).toBeCloseTo(0, 12);
  });

  it('is 1 when every sample looks the same, certain or not', () => {
    expect(inceptionScore(certain(Array(20).fill(1), 4), 4, range(20)).mean).toBeCloseTo(1, 12);
    expect(inceptionScore(new Float32Array(80), 4, range(20)).mean).toBeCloseTo(1, 12);
  });

  it('goes by the given order: grouped by class, a split knows one class', () => {
    const grouped = range(40).map((i) => Math.floor(i / 10));
    const logits = certain(grouped, 4);
    expect(inceptionScore(logits, 4, range(40), 4).mean).toBeCloseTo(1, 12);
    const mixed = range(40).map((i) => (i % 4) * 10 + Math.floor(i / 4));
    expect(inceptionScore(logits, 4, mixed, 4).mean).toBeGreaterThan(3);
  });

  it('has the population standard deviation over the splits', () => {
    // Two splits: scores 2 (two classes) and 1 (one class).
    const { mean, std } = inceptionScore(certain([0, 1, 0, 0], 2), 2, range(4), 2);
    expect(mean).toBeCloseTo(1.5, 12);
    expect(std).toBeCloseTo(0.5, 12);
  });

  it('needs a sample per split', () => {
    expect(() => inceptionScore(certain([0, 1], 2), 2, range(2))).toThrow(RangeError);
  });
});
