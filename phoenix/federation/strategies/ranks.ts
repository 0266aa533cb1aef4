/** Rules that look at the sorted values of each coordinate. */

/**
 * `out[i]` is the mean of those of the models' i-th values that have the ranks `first` to `last` (from 0, ascending), in
 * float64.
 */
export function meanOfRanks(
  models: readonly Float32Array[],
  first: number,
  last: number,
  out: Float32Array | Float64Array,
): void {
  const sorted = new Float64Array(models.length);
  for (let i = 0; i < out.length; i++) {
    // Insertion: there are few models, and a call of `sort` for each coordinate would take several times as long.
    for (let k = 0; k < sorted.length; k++) {
      const value = models[k]![i]!;
      let place = k;
      for (; place > 0 && sorted[place - 1]! > value; place--) sorted[place] = sorted[place - 1]!;
      sorted[place] = value;
    }
    let sum = 0;
    for (let rank = first; rank <= last; rank++) sum += sorted[rank]!;
    out[i] = sum / (last - first + 1);
  }
}
