/** Random sets of points that are hard for float32: ties, copies, far offsets, unlike scales; and plain definitions on them. */
import fc from 'fast-check';

export interface PointSets {
  readonly dimensions: number;
  /** [n, dimensions] each. */
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/**
 * Two sets of `least` to `most` points. Coordinates are small whole numbers or any of a spread, scaled and shifted, so that many
 * distances are equal, or differ by less than a float32 of that size can tell.
 */
export const pointSets = (least: number, most: number): fc.Arbitrary<PointSets> =>
  fc
    .record({
      dimensions: fc.constantFrom(1, 3, 8, 11, 40),
      scale: fc.constantFrom(1, 1e-2, 1e-20, 1e15),
      offset: fc.constantFrom(0, 1e4, -3e6),
      whole: fc.boolean(),
      outlier: fc.constantFrom(0, 1e6),
    })
    .chain(({ dimensions, scale, offset, whole, outlier }) => {
      const value = whole ? fc.integer({ min: 0, max: 3 }) : fc.double({ min: -1, max: 1, noNaN: true });
      const row = fc.array(value, { minLength: dimensions, maxLength: dimensions });
      const set = fc
        .array(row, { minLength: least, maxLength: most })
        .map((rows) => Float32Array.from(rows.flat(), (x) => scale * (offset + x)));
      return fc.record({ a: set, b: set }).map(({ a, b }) => {
        b[0] = b[0]! + scale * outlier;
        a.set(b.subarray(0, dimensions), dimensions); // a copy across the sets
        return { dimensions, a, b };
      });
    });

export function rowsOf(points: Float32Array, dimensions: number): Float32Array[] {
  return Array.from({ length: points.length / dimensions }, (_, i) =>
    points.subarray(i * dimensions, (i + 1) * dimensions),
  );
}

/** Sum of squared differences in float64. */
export const squared = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
