/** What an optimiser is to the training graph: variables that it keeps, and the update that it records. */
import type { Tensor } from './backend.ts';
import type { TensorSpec, Trace } from './trace.ts';

export type Specs = ReadonlyMap<string, TensorSpec>;

/** Its whole state is in its variables: read, written elsewhere and set again, they go on with the same bytes. */
export interface Optimizer {
  /** The variables it keeps for `parameters`. */
  variables(parameters: Specs): Map<string, TensorSpec>;
  /** Its state before the first step: the number that each of its variables is filled with. */
  initialState(parameters: Specs): Map<string, number>;
  /** Records one update of every parameter that has a gradient. `learningRate` is a scalar. */
  apply(trace: Trace, gradients: ReadonlyMap<string, Tensor>, learningRate: Tensor): void;
  /** Records what is left to do after the last batch; most have nothing. `learningRate` is a scalar. */
  finish?(trace: Trace, parameters: Specs, learningRate: Tensor): void;
}
