import { expect, it } from 'vitest';
import { classCounts } from '../../../phoenix/metrics/class-distribution.ts';

it('counts the largest logit of each sample, of equals the lowest class', () => {
  const logits = Float32Array.from(
    [
      [0, 2, 1],
      [-3, -2, -1],
      [5, 5, 0],
      [0, 0, 7],
    ].flat(),
  );
  expect(classCounts(logits, 3)).toEqual([1, 1, 2]);
  expect(classCounts(new Float32Array(0), 3)).toEqual([0, 0, 0]);
});
