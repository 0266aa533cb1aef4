/**
 * What a strategy is: how the server makes the next model out of its clients'. A model is one vector here, of all its
 * parameters, and comes block by block, so that no strategy needs whole models in memory. Up to four things happen:
 * a first pass measures (`measure`), what was measured decides how much each model counts (`weigh`), a second pass combines
 * (`combine`), and the server takes a step of its own from the old model towards the combined one (`server`).
 */

/** What is known of one client's model, or of the average of a group of clients. */
export interface Update {
  /** Number of images the client has trained on; of a group, what its members weigh together. */
  readonly weight: number;
  /** Mean loss at the beginning of its training, where the strategy needs it. */
  readonly loss: number | null;
}

/** How much each model counts; 0 leaves a client out. */
export interface Weights {
  /** Of the model that the round started from. */
  readonly global: number;
  /** In the order of the updates. */
  readonly clients: readonly number[];
}

export interface Strategy {
  /** What it looks at beside the clients' models and weights. */
  readonly needs: readonly ('global' | 'loss' | 'round')[];
  readonly measure: Measure | null;
  /** @param measured the sums of `measure`; empty without it */
  weigh(updates: readonly Update[], measured: Float64Array): Weights;
  readonly combine: Combine;
  readonly server: ServerOptimizer | null;
  /** Every result depends on all clients at once: averages of groups would not do. */
  readonly whole: boolean;
}

export type StrategyFor<Settings> = (settings: Settings) => Strategy;

/** Sums over all parameters, to which every block adds its part. */
export interface Measure {
  sums(clients: number): number;
  /** @param global the same block of the model that the round started from, where the strategy needs it */
  add(sums: Float64Array, clients: readonly Float32Array[], global: Float32Array | null): void;
}

/**
 * Fills a block of the result.
 *
 * @param models the same block of every model that counts, at least one: the global one, if it does, then the clients'
 * @param weights of those models, all above 0
 */
export type Combine = (
  models: readonly Float32Array[],
  weights: readonly number[],
  out: Float32Array | Float64Array,
) => void;

export interface ServerOptimizer {
  /** Vectors, each as long as the model, that are kept from round to round; zeros before the first. */
  readonly slots: readonly string[];
  /**
   * One block of a step.
   *
   * @param global of the model x that the round started from
   * @param model in: what the clients' models were combined to; out: the new model
   * @param state one array per slot, changed in place
   * @param round from 1, where the strategy needs it
   */
  step(global: Float32Array, model: Float32Array, state: readonly Float32Array[], round: number | null): void;
}
