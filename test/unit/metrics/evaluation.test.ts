import { describe, expect, it } from 'vitest';
import { uniform } from '../../../phoenix/data/random.ts';
import { evaluate, type RealSet } from '../../../phoenix/metrics/evaluation.ts';
import type { FeatureSet } from '../../../phoenix/metrics/feature-set.ts';
import { GaussianFit } from '../../../phoenix/metrics/statistics.ts';

const CLASSES = 3;
const settings = { extractor: 'a', labeller: 'b', classes: CLASSES, neighbours: 3, seed: 5 };

/** Points in two layers, around `shift`; the classes one after the other. */
function features(count: number, shift: number, seed: number): FeatureSet {
  const random = uniform(seed);
  const values = (columns: number, centre: number) =>
    Float32Array.from({ length: count * columns }, () => centre + random() + random() - 1);
  return {
    count,
    standard: { dimensions: 6, values: values(6, shift) },
    paper: { dimensions: 2, values: values(2, 0) },
    logits: values(CLASSES, 0),
    labels: Uint8Array.from({ length: count }, (_, row) => row % CLASSES),
  };
}

const real = (set: FeatureSet): RealSet => ({
  ...set,
  truth: set.labels,
  gaussians: { standard: null, paper: null },
});

describe('evaluation of samples', () => {
  it('says of both layers how far they are, and of what', async () => {
    const metrics = await evaluate(real(features(150, 0, 1)), features(60, 2, 2), settings);
    expect(metrics).toMatchObject({
      samples: 60,
      referenceImages: 150,
      extractor: 'a',
      labeller: 'b',
      dimensions: 6,
      paper: { dimensions: 2 },
      classCounts: [20, 20, 20],
      distanceFromUniform: 0,
    });
    // Far in one layer, near in the other.
    expect(metrics.fid).toBeGreaterThan(20);
    expect(metrics.precision).toBe(0);
    expect(metrics.paper!.fid).toBeLessThan(0.2);
    expect(metrics.paper!.precision).toBeGreaterThan(0.7);
    for (const layer of [metrics, metrics.paper!]) {
      const { fid, precision, recall, density, coverage, intervals } = layer;
      for (const [name, value] of Object.entries({ fid, precision, recall, density, coverage })) {
        const [low, high] = intervals[name as keyof typeof intervals];
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
    expect(metrics.warnings).toEqual([]);
  });

  it('depends on the seed and on nothing else', async () => {
    const [reals, fakes] = [real(features(90, 0, 3)), features(40, 0.2, 4)];
    const one = await evaluate(reals, fakes, settings);
    expect(await evaluate(reals, fakes, settings)).toEqual(one);
    const other = await evaluate(reals, fakes, { ...settings, seed: 6 });
    expect(other.fid).toBeCloseTo(one.fid, 9);
    expect(other.inceptionScore).not.toEqual(one.inceptionScore);
  });

  it('takes a Gaussian that is known for that of the images', async () => {
    const [reals, fakes] = [real(features(90, 0, 3)), features(40, 0.2, 4)];
    const fit = new GaussianFit(6);
    const standard = await fit.fit(reals.standard.values);
    const known = { ...reals, gaussians: { standard, paper: null } };
    expect((await evaluate(known, fakes, settings)).fid).toBe((await evaluate(reals, fakes, settings)).fid);
    const moved = { ...standard, mean: standard.mean.map((value) => value + 3) };
    const elsewhere = { ...reals, gaussians: { standard: moved, paper: null } };
    expect((await evaluate(elsewhere, fakes, settings)).fid).toBeGreaterThan(40);
    fit.dispose();
  });

  it('makes manifolds of as many points as the smaller set has', async () => {
    // All the samples are real images: with all of them, every real image would be covered.
    const set = features(120, 0, 7);
    const few = { ...features(30, 0, 7), count: 30 };
    const { precision, recall } = await evaluate(real(few), set, settings);
    expect(precision).toBeLessThan(1);
    expect(recall).toBeGreaterThan(0);
  });

  it('warns where there are fewer samples than dimensions, and ends when it is told to', async () => {
    const small: FeatureSet = {
      ...features(24, 0, 8),
      standard: { dimensions: 30, values: new Float32Array(24 * 30).map((_, k) => Math.sin(k * k)) },
    };
    const { warnings, paper } = await evaluate(real(small), small, settings);
    expect(warnings[0]).toMatch(/^24 samples in 30 dimensions: the covariance is rank-deficient/);
    expect(paper!.warnings).toEqual([]);
    const stop = () => {
      throw new Error('enough');
    };
    await expect(evaluate(real(small), small, settings, stop)).rejects.toThrow('enough');
  });
});
