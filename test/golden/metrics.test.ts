import { describe, expect, it } from 'vitest';
import { frechetDistance } from '../../phoenix/metrics/frechet.ts';
import { inceptionScore } from '../../phoenix/metrics/inception-score.ts';
import { gaussian } from '../../phoenix/metrics/statistics.ts';
import { goldenJson, goldenNpz, type JsonArray } from '../helpers/golden.ts';

interface Score {
  readonly mean: number;
  readonly std: number;
}
interface Fid {
  readonly torch_fidelity: number;
}
interface Golden {
  readonly fid: Record<string, Fid & { readonly d: number; readonly files: readonly [string, string] }>;
  readonly fid_mu_sigma: Fid & Record<'mu1' | 'mu2' | 'sigma1' | 'sigma2', JsonArray>;
  readonly fid_diagonal_d192: Fid & Record<'mu1' | 'mu2' | 'diag1' | 'diag2', JsonArray>;
  readonly is: {
    readonly file: string;
    readonly n: number;
    readonly shuffle_permutation: readonly number[];
    readonly in_order: Score;
    readonly shuffled: Score;
    readonly splits1: Score;
  };
}

const golden = goldenJson<Golden>('metrics.json');
const arrays = goldenNpz('metrics.npz');

function features(name: string): { data: Float32Array; dimensions: number } {
  const array = arrays.get(name);
  if (!(array?.data instanceof Float32Array)) throw new Error(`no float32 array ${name}`);
  return { data: array.data, dimensions: array.shape[1]! };
}

function within(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe('Fréchet distance', () => {
  it.each([
    ['d64', 1e-9],
    ['d64_same', 1e-9],
    ['d64_rank_deficient', 1e-5],
    ['d192_rank_deficient', 1e-5],
  ])('of the features %s is that of torch-fidelity to %d', (name, tolerance) => {
    const { files, torch_fidelity: expected } = golden.fid[name]!;
    const [a, b] = files.map(features);
    const actual = frechetDistance(gaussian(a!.data, a!.dimensions), gaussian(b!.data, b!.dimensions));
    within(actual, expected, tolerance);
  });

  it('of given means and covariances', () => {
    const { mu1, sigma1, mu2, sigma2, torch_fidelity: expected } = golden.fid_mu_sigma;
    const fitted = (mean: JsonArray, covariance: JsonArray) => ({
      mean: Float64Array.from(mean.data),
      covariance: Float64Array.from(covariance.data),
    });
    within(frechetDistance(fitted(mu1, sigma1), fitted(mu2, sigma2)), expected, 1e-9);
  });

  it('of diagonal covariances', () => {
    const { mu1, diag1, mu2, diag2, torch_fidelity: expected } = golden.fid_diagonal_d192;
    const fitted = (mean: JsonArray, diagonal: JsonArray) => {
      const d = mean.data.length;
      const covariance = new Float64Array(d * d);
      diagonal.data.forEach((value, i) => (covariance[i * d + i] = value));
      return { mean: Float64Array.from(mean.data), covariance };
    };
    within(frechetDistance(fitted(mu1, diag1), fitted(mu2, diag2)), expected, 1e-9);
  });
});

describe('Inception Score', () => {
  const { data, dimensions } = features(golden.is.file);
  const inOrder = Array.from({ length: golden.is.n }, (_, row) => row);

  it.each([
    ['in order', inOrder, 10, golden.is.in_order],
    ['shuffled', golden.is.shuffle_permutation, 10, golden.is.shuffled],
    ['in one split', inOrder, 1, golden.is.splits1],
  ])('%s is that of torch-fidelity', (_, order, splits, expected) => {
    const actual = inceptionScore(data, dimensions, order, splits);
    within(actual.mean, expected.mean, 1e-10);
    within(actual.std, expected.std, 1e-10);
  });
});
