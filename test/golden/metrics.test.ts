import { afterAll, describe, expect, it } from 'vitest';
import { FrechetDistance } from '../../phoenix/metrics/frechet.ts';
import { inceptionScore } from '../../phoenix/metrics/inception-score.ts';
import { KernelDistance } from '../../phoenix/metrics/kid.ts';
import { GaussianFit, type Gaussian } from '../../phoenix/metrics/statistics.ts';
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
  readonly kid: {
    readonly full: {
      readonly files: readonly [string, string];
      readonly rows: readonly [number, number];
      readonly value: number;
    };
    readonly subsets: Score & {
      readonly files: readonly [string, string];
      readonly indices: readonly [number[], number[]][];
    };
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
  const disposables: { dispose(): void }[] = [];
  afterAll(() => disposables.forEach((program) => program.dispose()));

  function distance(a: Gaussian, b: Gaussian): Promise<number> {
    const program = new FrechetDistance(a.mean.length);
    disposables.push(program);
    return program.between(a, b);
  }

  it.each([
    ['d64', 1e-9],
    ['d64_same', 1e-9],
    ['d64_rank_deficient', 1e-5],
    ['d192_rank_deficient', 1e-5],
  ])('of the features %s is that of torch-fidelity to %d', async (name, tolerance) => {
    const { files, d, torch_fidelity: expected } = golden.fid[name]!;
    const fit = new GaussianFit(d);
    disposables.push(fit);
    const [a, b] = files.map((file) => features(file).data);
    within(await distance(await fit.fit(a!), await fit.fit(b!)), expected, tolerance);
  });

  it('of given means and covariances', async () => {
    const { mu1, sigma1, mu2, sigma2, torch_fidelity: expected } = golden.fid_mu_sigma;
    const fitted = (mean: JsonArray, covariance: JsonArray) => ({
      count: Infinity,
      mean: Float64Array.from(mean.data),
      covariance: Float64Array.from(covariance.data),
    });
    within(await distance(fitted(mu1, sigma1), fitted(mu2, sigma2)), expected, 1e-9);
  });

  it('of diagonal covariances', async () => {
    const { mu1, diag1, mu2, diag2, torch_fidelity: expected } = golden.fid_diagonal_d192;
    const fitted = (mean: JsonArray, diagonal: JsonArray) => {
      const d = mean.data.length;
      const covariance = new Float64Array(d * d);
      diagonal.data.forEach((value, i) => (covariance[i * d + i] = value));
      return { count: Infinity, mean: Float64Array.from(mean.data), covariance };
    };
    within(await distance(fitted(mu1, diag1), fitted(mu2, diag2)), expected, 1e-9);
  });
});

describe('kernel distance', () => {
  const { full, subsets } = golden.kid;
  const { dimensions } = features(full.files[0]);
  const program = new KernelDistance(dimensions);
  afterAll(() => program.dispose());

  it('of whole sets is that of torch-fidelity', async () => {
    const [real, fake] = full.files.map((file, k) =>
      features(file).data.subarray(0, full.rows[k]! * dimensions),
    );
    within(await program.between(real!, fake!), full.value, 1e-10);
  });

  it('of subsets is that of torch-fidelity', async () => {
    const [real, fake] = subsets.files.map((file) => features(file).data);
    const pairs = subsets.indices.map(([first, second]) => ({ real: first, fake: second }));
    const { mean, std } = await program.ofSubsets(real!, fake!, pairs);
    within(mean, subsets.mean, 1e-10);
    within(std, subsets.std, 1e-10);
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
