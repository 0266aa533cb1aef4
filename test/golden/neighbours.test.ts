import { describe, expect, it } from 'vitest';
import { densityCoverage } from '../../phoenix/metrics/density-coverage.ts';
import { manifoldOverlap } from '../../phoenix/metrics/manifolds.ts';
import { precisionRecall } from '../../phoenix/metrics/precision-recall.ts';
import { goldenJson, goldenNpz } from '../helpers/golden.ts';

interface Values {
  readonly kynkaanniemi: { readonly precision: number; readonly recall: number };
  readonly prdc: { readonly precision: number; readonly density: number; readonly coverage: number };
  readonly torch_fidelity: { readonly precision: number; readonly recall: number; readonly f_score: number };
}
interface Case {
  readonly files_real_fake: readonly [string, string];
  readonly k3: Values;
  readonly k5: Values;
}

const golden = goldenJson<{ readonly pr: Record<string, Case> }>('metrics.json').pr;
const arrays = goldenNpz('metrics.npz');

function features(name: string): { data: Float32Array; dimensions: number } {
  const array = arrays.get(name);
  if (!(array?.data instanceof Float32Array)) throw new Error(`no float32 array ${name}`);
  return { data: array.data, dimensions: array.shape[1]! };
}

const cases = Object.entries(golden).flatMap(
  ([
    name,
    {
      files_real_fake: [real, fake],
      k3,
      k5,
    },
  ]) => [
    { name, real, fake, k: 3, expected: k3 },
    { name, real, fake, k: 5, expected: k5 },
  ],
);

describe.each(cases)('manifolds of $name with k = $k', ({ real, fake, k, expected }) => {
  const { data, dimensions } = features(real);
  const overlap = manifoldOverlap(data, features(fake).data, dimensions, k);

  it('precision and recall are those of the definition', async () => {
    const { precision, recall } = precisionRecall(await overlap);
    expect(precision.value).toBeCloseTo(expected.kynkaanniemi.precision, 12);
    expect(recall.value).toBeCloseTo(expected.kynkaanniemi.recall, 12);
  });

  it('precision, recall and F-score are those of torch-fidelity', async () => {
    const { precision, recall, fScore } = precisionRecall(await overlap);
    expect(precision.value).toBeCloseTo(expected.torch_fidelity.precision, 6);
    expect(recall.value).toBeCloseTo(expected.torch_fidelity.recall, 6);
    expect(fScore).toBeCloseTo(expected.torch_fidelity.f_score, 6);
  });

  it('density and coverage are those of prdc, as is its precision, with a border outside', async () => {
    const { density, coverage } = densityCoverage(await overlap, 1);
    expect(density.value).toBeCloseTo(expected.prdc.density, 12);
    expect(coverage.value).toBeCloseTo(expected.prdc.coverage, 12);
    const { ballsAround } = await overlap;
    const inside = ballsAround.filter((balls) => balls > 0).length / ballsAround.length;
    expect(inside).toBeCloseTo(expected.prdc.precision, 12);
  });
});
