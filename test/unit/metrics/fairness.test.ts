import { describe, expect, it } from 'vitest';
import { standardNormal } from '../../../phoenix/data/random.ts';
import { classQuality } from '../../../phoenix/metrics/fairness.ts';

const DIMENSIONS = 4;
/** `count` points around 100 · label. */
function labelled(classes: readonly { label: number; count: number; at?: number }[], seed: number) {
  const normal = standardNormal(seed);
  const labels = classes.flatMap(({ label, count }) => Array.from({ length: count }, () => label));
  const centres = classes.flatMap(({ label, count, at }) =>
    Array.from({ length: count }, () => at ?? 100 * label),
  );
  const features = Float32Array.from(
    { length: labels.length * DIMENSIONS },
    (_, i) => centres[Math.floor(i / DIMENSIONS)]! + normal(),
  );
  return { features, labels };
}

describe('classQuality', () => {
  const real = labelled(
    [0, 1, 2].map((label) => ({ label, count: 60 })),
    1,
  );

  it('looks at each class alone', async () => {
    // Class 1 looks like class 0: good images of all classes together, none of its own.
    const fake = labelled(
      [
        { label: 0, count: 90 },
        { label: 1, count: 27, at: 0 },
        { label: 2, count: 3 },
      ],
      2,
    );
    const seen: number[] = [];
    const options = { dimensions: DIMENSIONS, classes: 3 };
    const [first, second, third] = await classQuality(real, fake, options, (done) => seen.push(done));
    expect([first, second, third].map((each) => each!.share.fake.value)).toEqual([0.75, 0.225, 0.025]);
    expect(first!.share.real.value).toBe(1 / 3);
    expect(first!.precision!.value).toBeGreaterThan(0.7);
    expect(first!.recall!.value).toBeGreaterThan(0.7);
    expect(second).toMatchObject({ precision: { value: 0 }, recall: { value: 0 }, reason: null });
    expect(third).toMatchObject({ label: 2, precision: null, recall: null });
    expect(third!.reason).toBe('3 generated images have no 3 neighbours each');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('wants a label for each row', async () => {
    const broken = { ...real, labels: real.labels.slice(1) };
    await expect(classQuality(real, broken, { dimensions: DIMENSIONS, classes: 3 })).rejects.toThrow(
      /179 labels are not those of 180 features/,
    );
  });
});
