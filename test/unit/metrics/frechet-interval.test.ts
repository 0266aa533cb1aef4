import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardNormal } from '../../../phoenix/data/random.ts';
import { permutation } from '../../../phoenix/data/permutation.ts';
import { frechetInterval, type FrechetInterval } from '../../../phoenix/metrics/frechet-interval.ts';
import { FrechetDistance } from '../../../phoenix/metrics/frechet.ts';
import { GaussianFit } from '../../../phoenix/metrics/statistics.ts';

const d = 4;
const SAMPLES = 200;
const SHIFT = 0.5;
const fit = new GaussianFit(d);
const frechet = new FrechetDistance(d);
afterAll(() => {
  fit.dispose();
  frechet.dispose();
});

const identity = Float64Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
const reference = { count: Infinity, mean: new Float64Array(d), covariance: identity };

function samplesOf(seed: number): Float32Array {
  const normal = standardNormal(seed);
  return Float32Array.from({ length: SAMPLES * d }, () => SHIFT + normal());
}

describe('frechetInterval', () => {
  let measured: FrechetInterval[];
  beforeAll(async () => {
    measured = [];
    for (let seed = 0; seed < 100; seed++) {
      measured.push(
        await frechetInterval(frechet, fit, reference, samplesOf(seed), permutation(SAMPLES, seed)),
      );
    }
  });

  it('gives the distance of all samples', async () => {
    const all = await frechet.between(reference, await fit.fit(samplesOf(3)));
    expect(measured[3]!.distance).toBeCloseTo(all, 10);
  });

  it('holds the mean distance of sets of this size about 95 times of 100', () => {
    const mean = measured.reduce((sum, { distance }) => sum + distance, 0) / measured.length;
    const held = measured.filter(({ interval: [low, high] }) => low <= mean && mean <= high).length;
    expect(held).toBeGreaterThanOrEqual(88);
    expect(held).toBeLessThan(100);
  });

  it('needs two samples in each of ten groups', async () => {
    const few = frechetInterval(frechet, fit, reference, samplesOf(1), permutation(19, 1));
    await expect(few).rejects.toThrow(RangeError);
  });
});
