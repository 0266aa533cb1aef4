/**
 * Federated averaging (paper §2.2): the mean of the clients' weights, weighted by their numbers of examples.
 */

/** A client's weights do not fit those added before. */
export class MismatchedUpdate extends Error {
  override readonly name = 'MismatchedUpdate';
  readonly parameter: string;
  /** Number of elements; null where the parameter is absent. */
  readonly expected: number | null;
  readonly actual: number | null;

  constructor(parameter: string, expected: number | null, actual: number | null) {
    const elements = (count: number | null) => (count === null ? 'none' : `${count} elements`);
    super(
      `parameter ${parameter}: the first client has ${elements(expected)}, this one has ${elements(actual)}`,
    );
    this.parameter = parameter;
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * The average of weights that are added one client at a time, so that only one client's weights are in
 * memory. Sums are float64; add clients in a fixed order (ascending ids) to get the same bytes every time.
 */
export class WeightedAverage {
  readonly #sums = new Map<string, Float64Array>();
  #examples = 0;

  /**
   * @throws MismatchedUpdate when names or lengths differ from those of the first client.
   * @throws RangeError when `examples` is not a positive number.
   */
  add(weights: ReadonlyMap<string, Float32Array>, examples: number): void {
    if (!(examples > 0 && examples < Infinity)) {
      throw new RangeError(`a client's weight is its number of examples, not ${examples}`);
    }
    if (this.#examples === 0) {
      for (const [name, values] of weights) this.#sums.set(name, new Float64Array(values.length));
    }
    this.#check(weights);
    this.#examples += examples;
    for (const [name, sum] of this.#sums) {
      addScaled(sum, weights.get(name)!, examples);
    }
  }

  /**
   * Ends this average: sums are let go one by one as their means are made, so that both are never in memory at once.
   *
   * @throws RangeError when no client was added.
   */
  result(): Map<string, Float32Array> {
    if (this.#examples === 0) throw new RangeError('an average needs at least one client');
    const means = new Map<string, Float32Array>();
    for (const [name, sum] of this.#sums) {
      means.set(name, divided(sum, this.#examples));
      this.#sums.delete(name);
    }
    this.#examples = 0;
    return means;
  }

  #check(weights: ReadonlyMap<string, Float32Array>): void {
    for (const name of new Set([...this.#sums.keys(), ...weights.keys()])) {
      const expected = this.#sums.get(name)?.length ?? null;
      const actual = weights.get(name)?.length ?? null;
      if (actual !== expected) throw new MismatchedUpdate(name, expected, actual);
    }
  }
}

// Functions of their own, with nothing but arrays and numbers, so that V8 compiles them to plain loops.

function addScaled(sum: Float64Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * values[i]!;
}

function divided(sum: Float64Array, divisor: number): Float32Array {
  const mean = new Float32Array(sum.length);
  for (let i = 0; i < sum.length; i++) mean[i] = sum[i]! / divisor;
  return mean;
}
