/** Moves sets of points near the origin before they become float32 products: their error grows with the distance from it. */

/** Points are (x − centre) · scale, rounded once to float32. */
export class Centring {
  readonly #dimensions: number;
  /** [dimensions]: the mean of the sets' means. */
  readonly #centre: Float64Array;
  /** A power of two, so that it costs no digit; no coordinate is above 1 afterwards, so that no square overflows. */
  readonly scale: number;

  /**
   * @param sets [n, dimensions] each
   * @throws RangeError for a set without points or with half a row, and for values that are not finite
   */
  constructor(sets: readonly Float32Array[], dimensions: number) {
    const centre = new Float64Array(dimensions);
    let largest = 0;
    for (const points of sets) {
      const count = countPoints(points, dimensions);
      const sum = new Float64Array(dimensions);
      for (let at = 0; at < points.length; at += dimensions) {
        for (let i = 0; i < dimensions; i++) {
          const value = points[at + i]!;
          sum[i]! += value;
          const size = Math.abs(value);
          if (size > largest) largest = size;
        }
      }
      if (!sum.every(Number.isFinite)) throw notFinite(points, dimensions);
      sum.forEach((total, i) => (centre[i]! += total / count / sets.length));
    }
    this.#dimensions = dimensions;
    this.#centre = centre;
    this.scale = largest === 0 ? 1 : 2 ** -Math.ceil(Math.log2(2 * largest));
  }

  /** Writes a row of `points`, times `factor`, to `out[at …]`. Returns its squared length before the factor. */
  write(points: Float32Array, row: number, factor: 1 | 2, out: Float32Array, at: number): number {
    const centre = this.#centre;
    const scale = this.scale;
    const start = row * this.#dimensions;
    let length = 0;
    for (let i = 0; i < centre.length; i++) {
      const value = Math.fround((points[start + i]! - centre[i]!) * scale);
      out[at + i] = factor * value;
      length += value * value;
    }
    return length;
  }
}

/**
 * Number of rows of `points` [n, dimensions].
 *
 * @throws RangeError when there is none, or half a one
 */
export function countPoints(points: Float32Array, dimensions: number): number {
  const count = points.length / dimensions;
  if (!Number.isInteger(count)) throw new RangeError(`${points.length} values are not rows of ${dimensions}`);
  if (count === 0) throw new RangeError('a set without points has no distances');
  return count;
}

function notFinite(points: Float32Array, dimensions: number): RangeError {
  const at = points.findIndex((value) => !Number.isFinite(value));
  return new RangeError(`row ${Math.floor(at / dimensions)} of the features has a value that is not finite`);
}
