import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Distances } from '../../../phoenix/engine/distances.ts';
import { pointSets, rowsOf, squared } from '../../helpers/point-sets.ts';

test('bounds enclose the distances, and nothing within a radius is missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      pointSets(3, 30),
      fc.integer({ min: 1, max: 4 }),
      async ({ a, b, dimensions }, count) => {
        const [queries, references] = [rowsOf(a, dimensions), rowsOf(b, dimensions)];
        // Radii that lie exactly on a distance.
        const radii = references.map((row, r) => squared(queries[r % queries.length]!, row));
        const own = queries.map((row, q) => squared(row, references[q % references.length]!));
        const distances = await Distances.load(a, b, dimensions, radii);
        try {
          const rows = queries.map((_, q) => q).slice(0, distances.block);
          const { width, indices, lower, unseen } = distances.candidates(rows, count);
          for (const q of rows) {
            const listed = [...indices.subarray(q * width, (q + 1) * width)];
            expect(new Set(listed).size).toBe(width);
            references.forEach((row, r) => {
              const place = listed.indexOf(r);
              const bound = place < 0 ? unseen[q]! : lower[q * width + place]!;
              expect(bound).toBeLessThanOrEqual(squared(queries[q]!, row));
            });
          }
          const found = new Set<string>();
          for (const pairs of distances.near(rows, own)) {
            pairs.queries.forEach((q, p) => {
              const r = pairs.references[p]!;
              const exact = squared(queries[q]!, references[r]!);
              expect(pairs.lower[p]).toBeLessThanOrEqual(exact);
              expect(pairs.upper[p]).toBeGreaterThanOrEqual(exact);
              found.add(`${q} ${r}`);
            });
          }
          for (const q of rows) {
            references.forEach((row, r) => {
              const exact = squared(queries[q]!, row);
              if (exact <= Math.max(radii[r]!, own[q]!)) expect(found).toContain(`${q} ${r}`);
            });
          }
        } finally {
          distances.dispose();
        }
      },
    ),
  );
});

test('of points far from the origin and near each other only the near ones leave the graph', async () => {
  const set = Float32Array.from({ length: 3000 }, (_, i) => 1e4 + i / 16);
  const distances = await Distances.load(set, set, 1, new Float64Array(3000).fill(2 / 256));
  const rows = [0, 1500, 2999];
  const pairs = distances
    .near(rows, [0, 0, 0])
    .flatMap(({ queries, references }) => Array.from(queries, (q, p) => [rows[q], references[p]]));
  distances.dispose();
  expect(pairs.length).toBeGreaterThanOrEqual(7);
  expect(pairs.length).toBeLessThan(150);
  expect(pairs).toContainEqual([1500, 1501]);
});
