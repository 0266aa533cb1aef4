/** A network, its loss and Adam in one compiled graph, with the data that a training step picks its batch from. */
import { compile, type Program } from '../engine/compile.ts';
import type { Tensor } from '../engine/backend.ts';
import type { Values } from '../engine/graph.ts';
import type { Parameters } from '../engine/layers.ts';
import { adamVariables, applyAdam, gradients, initialAdamState } from '../engine/optimizer.ts';
import { Random, type Seed } from '../engine/random.ts';
import type { TensorSpec, Trace } from '../engine/trace.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

export interface TrainingSpec {
  readonly parameters: Shapes;
  /** What a batch is taken from: images, labels. */
  readonly data: ReadonlyMap<string, TensorSpec>;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Prepares the batch at `indices` (int32 [batchSize]); what it returns gives the loss, a scalar. */
  readonly loss: (indices: Tensor, random: Random, trace: Trace) => (p: Parameters) => Tensor;
}

export class Training {
  readonly #program: Program;
  readonly #parameters: ReadonlyMap<string, TensorSpec>;
  readonly #learningRate: Float32Array;

  constructor(spec: TrainingSpec) {
    this.#parameters = floatVariables(spec.parameters);
    this.#learningRate = Float32Array.of(spec.learningRate);
    this.#program = compileTraining(spec, this.#parameters);
  }

  /** Weights to start from, and the optimiser's state (null: before its first step). */
  load(weights: Tensors, optimizer: Tensors | null): void {
    this.#program.set(weights);
    this.#program.set(optimizer ?? initialAdamState(this.#parameters));
  }

  /** One step on the rows at `indices` (int32 [batchSize]); all randomness comes from `seed`. Returns the loss. */
  step(indices: Int32Array, seed: Seed): number {
    const inputs = { indices, seed: Int32Array.from(seed), learningRate: this.#learningRate };
    return this.#program.run('train', inputs).loss![0]!;
  }

  weights(): Tensors {
    return this.#program.get([...this.#parameters.keys()]);
  }

  /** Adam's moments and running powers, exactly. */
  optimizer(): Tensors {
    return this.#program.get([...adamVariables(this.#parameters).keys()]);
  }

  dispose(): void {
    this.#program.dispose();
  }

  protected setData(name: string, shape: readonly number[], data: Values): void {
    this.#program.set(new Map([[name, { shape, data }]]));
  }
}

/** Float32 variables for named shapes. */
export function floatVariables(shapes: Shapes): Map<string, TensorSpec> {
  return new Map([...shapes].map(([name, shape]) => [name, { shape, dtype: 'float32' }]));
}

function compileTraining(
  { data, batchSize, loss }: TrainingSpec,
  parameters: ReadonlyMap<string, TensorSpec>,
): Program {
  return compile({
    variables: new Map([...parameters, ...adamVariables(parameters), ...data]),
    functions: {
      train: {
        inputs: {
          indices: { shape: [batchSize], dtype: 'int32' },
          seed: { shape: [2], dtype: 'int32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ indices, seed, learningRate }, trace) => {
          const lossOf = loss(indices!, new Random(trace, seed!), trace);
          const weights = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const result = gradients((p) => lossOf((name) => p.get(name)!), weights);
          applyAdam(trace, result.gradients, learningRate!);
          return { loss: result.loss };
        },
      },
    },
  });
}
