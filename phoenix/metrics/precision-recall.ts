/** Improved precision and recall (Kynkäänniemi et al. 2019; paper §3.4): k-nearest-neighbour manifolds. */

export interface PrecisionRecall {
  /** Share of the fakes that lie on the manifold of the reals: fidelity. */
  readonly precision: number;
  /** Share of the reals that lie on the manifold of the fakes: diversity. */
  readonly recall: number;
}

/**
 * A set's manifold is the union of balls around its points, each as large as the distance to the point's k-th
 * nearest neighbour in the set, itself not counted; the border belongs to the ball (`<=`). `real` and `fake`
 * are [n, dimensions], with n as they come.
 *
 * @throws RangeError when a set has no k neighbours for each of its points.
 */
export function precisionRecall(
  real: Float32Array,
  fake: Float32Array,
  dimensions: number,
  k = 3,
): PrecisionRecall {
  const reals = points(real, dimensions);
  const fakes = points(fake, dimensions);
  return {
    precision: shareInside(fakes, reals, neighbourRadii(reals, k)),
    recall: shareInside(reals, fakes, neighbourRadii(fakes, k)),
  };
}

/** Points as the inner loop wants them: float64 rows, filled with zeros to a multiple of eight. */
interface Points {
  readonly count: number;
  /** Length of a row. */
  readonly width: number;
  /** [count, width] */
  readonly values: Float64Array;
}

function points(features: Float32Array, dimensions: number): Points {
  const count = features.length / dimensions;
  if (!Number.isInteger(count))
    throw new RangeError(`${features.length} values are not rows of ${dimensions}`);
  const width = Math.ceil(dimensions / 8) * 8;
  const values = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    values.set(features.subarray(row * dimensions, (row + 1) * dimensions), row * width);
  }
  return { count, width, values };
}

/** Squared distance of each point to its k-th nearest neighbour among the others: [count]. */
function neighbourRadii(set: Points, k: number): Float64Array {
  if (set.count <= k) throw new RangeError(`${set.count} points have no ${k} neighbours each`);
  // Row i: the k smallest squared distances of point i so far, ascending. Each pair is measured once, for
  // both points.
  const nearest = new Float64Array(set.count * k).fill(Infinity);
  for (let i = 0; i < set.count; i++) {
    for (let j = 0; j < i; j++) {
      const limit = Math.max(nearest[i * k + k - 1]!, nearest[j * k + k - 1]!);
      const distance = squaredDistance(set, i, set, j, limit);
      keepSmallest(nearest, i * k, k, distance);
      keepSmallest(nearest, j * k, k, distance);
    }
  }
  return Float64Array.from({ length: set.count }, (_, i) => nearest[i * k + k - 1]!);
}

/**
 * Puts `value` into the ascending numbers nearest[start … start + k − 1] if it is smaller than their last.
 */
function keepSmallest(nearest: Float64Array, start: number, k: number, value: number): void {
  let at = start + k - 1;
  if (!(value < nearest[at]!)) return;
  for (; at > start && nearest[at - 1]! > value; at--) nearest[at] = nearest[at - 1]!;
  nearest[at] = value;
}

/** Share of `set` inside at least one ball. `radii`: squared, one for each of `centres`. */
function shareInside(set: Points, centres: Points, radii: Float64Array): number {
  let inside = 0;
  for (let i = 0; i < set.count; i++) {
    for (let j = 0; j < centres.count; j++) {
      if (squaredDistance(set, i, centres, j, radii[j]!) <= radii[j]!) {
        inside++;
        break;
      }
    }
  }
  return inside / set.count;
}

/**
 * Sum of squared differences, added in one order whichever point comes first, so that equal distances are
 * equal numbers. Once the sum has passed `limit` it may stop: the result is then some number above `limit`.
 */
function squaredDistance(a: Points, rowA: number, b: Points, rowB: number, limit: number): number {
  const { width, values: x } = a;
  const y = b.values;
  let sum = 0;
  let i = rowA * width;
  let j = rowB * width;
  // Eight dimensions at a time: this is the time of the whole metric, and written out it is far faster than a
  // loop.
  for (const end = i + width; i < end && sum <= limit; i += 8, j += 8) {
    const d0 = x[i]! - y[j]!;
    const d1 = x[i + 1]! - y[j + 1]!;
    const d2 = x[i + 2]! - y[j + 2]!;
    const d3 = x[i + 3]! - y[j + 3]!;
    const d4 = x[i + 4]! - y[j + 4]!;
    const d5 = x[i + 5]! - y[j + 5]!;
    const d6 = x[i + 6]! - y[j + 6]!;
    const d7 = x[i + 7]! - y[j + 7]!;
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7));
  }
  return sum;
}
