/** What an optimiser is to the training graph: variables that it keeps, and the update that it records. */
import type { Tensor } from './backend.ts';
import type { TensorSpec, Trace } from './trace.ts';

export type Specs = ReadonlyMap<string, TensorSpec>;
export type FloatTensors = Map<string, { shape: readonly number[]; data: Float32Array }>;

/** Its whole state is in its variables: read, written elsewhere and set again, they go on with the same bytes. */
export interface Optimizer {
  /** The variables it keeps for `parameters`. */
  variables(parameters: Specs): Map<string, TensorSpec>;
  /** Its state before the first step. */
  initialState(parameters: Specs): FloatTensors;
  /** Records one update of every parameter that has a gradient. `learningRate` is a scalar. */
  apply(trace: Trace, gradients: ReadonlyMap<string, Tensor>, learningRate: Tensor): void;
}

/** One float32 tensor for each variable, filled with the variable's own value. */
export function filled(variables: Specs, value: (name: string) => number): FloatTensors {
  return new Map(
    [...variables].map(([name, { shape }]) => {
      const data = new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(value(name));
      return [name, { shape, data }] as const;
    }),
  );
}
