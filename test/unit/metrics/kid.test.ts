import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { KernelDistance, subsetPairs } from '../../../phoenix/metrics/kid.ts';

const d = 3;
const program = new KernelDistance(d);
afterAll(() => program.dispose());

const rows = fc
  .array(fc.tuple(...Array.from({ length: d }, () => fc.float({ min: -2, max: 2, noNaN: true }))), {
    minLength: 2,
    maxLength: 8,
  })
  .map((values) => Float32Array.from(values.flat()));

/** By the definition, pair by pair. */
function definition(x: Float32Array, y: Float32Array, dimensions = d): number {
  const row = (set: Float32Array, i: number) => set.subarray(i * dimensions, (i + 1) * dimensions);
  const mean = (a: Float32Array, b: Float32Array) => {
    let [sum, pairs] = [0, 0];
    for (let i = 0; i < a.length / dimensions; i++) {
      for (let j = 0; j < b.length / dimensions; j++) {
        if (a === b && i === j) continue;
        let product = 0;
        for (let k = 0; k < dimensions; k++) product += row(a, i)[k]! * row(b, j)[k]!;
        sum += (product / dimensions + 1) ** 3;
        pairs++;
      }
    }
    return sum / pairs;
  };
  return mean(x, x) + mean(y, y) - 2 * mean(x, y);
}

describe('KernelDistance', () => {
  it('is that of the definition, and symmetric', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (x, y) => {
        const distance = await program.between(x, y);
        expect(Math.abs(distance - definition(x, y))).toBeLessThan(1e-10);
        expect(Math.abs(distance - (await program.between(y, x)))).toBeLessThan(1e-10);
      }),
    );
  });

  it('goes on over several blocks of rows', async () => {
    const one = new KernelDistance(1);
    const x = Float32Array.from({ length: 1100 }, (_, i) => Math.sin(i));
    const y = Float32Array.from({ length: 2100 }, (_, i) => Math.cos(i * i));
    expect(await one.between(x, y)).toBeCloseTo(definition(x, y, 1), 11);
    one.dispose();
  });

  it('of subsets has the mean and population deviation of those', async () => {
    const x = Float32Array.of(0, 0, 0, 1, 1, 1, 2, 0, 1, 0, 2, 1);
    const y = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const pairs = [
      { real: [0, 1], fake: [2, 0] },
      { real: [3, 2], fake: [0, 1] },
    ];
    const at = (set: Float32Array, chosen: readonly number[]) =>
      Float32Array.from(chosen.flatMap((row) => [...set.subarray(row * d, (row + 1) * d)]));
    const [a, b] = pairs.map(({ real, fake }) => definition(at(x, real), at(y, fake))) as [number, number];
    const { mean, std } = await program.ofSubsets(x, y, pairs);
    expect(mean).toBeCloseTo((a + b) / 2, 12);
    expect(std).toBeCloseTo(Math.abs(a - b) / 2, 12);
  });

  it('needs two whole rows of each set', async () => {
    await expect(program.between(new Float32Array(3), new Float32Array(6))).rejects.toThrow(/two rows/);
    await expect(program.between(new Float32Array(6), new Float32Array(7))).rejects.toThrow(/rows of 3/);
  });
});

describe('subsetPairs', () => {
  it('draws a hundred of a thousand rows, none twice, the same for one seed', () => {
    const pairs = subsetPairs(1500, 3000, 7);
    expect(pairs).toHaveLength(100);
    for (const { real, fake } of pairs) {
      expect(new Set(Array.from(real)).size).toBe(1000);
      expect(new Set(Array.from(fake)).size).toBe(1000);
    }
    expect(subsetPairs(1500, 3000, 7)).toEqual(pairs);
    expect(subsetPairs(1500, 3000, 8)).not.toEqual(pairs);
    expect(pairs[0]).not.toEqual(pairs[1]);
  });

  it('draws all rows of the smaller set if it has fewer', () => {
    const [{ real, fake }] = subsetPairs(20, 30, 7) as [ReturnType<typeof subsetPairs>[0]];
    expect([real.length, fake.length]).toEqual([20, 20]);
  });
});
