/** A network, its loss and an optimiser in one compiled graph, with the data that a training step picks its batch from. */
import { adam } from '../engine/adam.ts';
import { clipByGlobalNorm } from '../engine/clip.ts';
import { compile, type Program } from '../engine/compile.ts';
import type { Tensor } from '../engine/backend.ts';
import { averagesOf, emaDecay, updateAverages, type EmaSettings } from '../engine/ema.ts';
import { collectGarbage } from '../engine/garbage.ts';
import { gradients } from '../engine/gradients.ts';
import type { Values } from '../engine/graph.ts';
import type { Parameters } from '../engine/layers.ts';
import type { Precision } from '../engine/mixed-precision.ts';
import type { Optimizer, Specs } from '../engine/optimizer.ts';
import { globalsOf, withProximal, type ProximalSettings } from '../engine/proximal.ts';
import { Random, type Seed } from '../engine/random.ts';
import type { TensorSpec, Trace } from '../engine/trace.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Shapes } from './unet-parameters.ts';

export interface TrainingSpec {
  readonly parameters: Shapes;
  /** What a step moves beside them: running statistics of batch normalisation. */
  readonly statistics?: Shapes;
  /** What a batch is taken from: images, labels. */
  readonly data: ReadonlyMap<string, TensorSpec>;
  readonly batchSize: number;
  /** Adam unless another is given. */
  readonly optimizer?: Optimizer;
  /** Largest global norm of the gradients; null or absent: they are not clipped. */
  readonly clipNorm?: number | null;
  /** float32 unless said otherwise. */
  readonly precision?: Precision;
  /** Keeps a moving average of the weights. */
  readonly ema?: EmaSettings;
  /** Holds the weights near the global ones. */
  readonly proximal?: ProximalSettings;
  /** Prepares the batch at `indices` (int32 [batchSize]); what it returns gives the loss of each row, [batchSize]. */
  readonly losses: (indices: Tensor, random: Random, trace: Trace) => (p: Parameters) => Tensor;
}

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

export class Training {
  readonly #program: Program;
  readonly #parameters: Specs;
  readonly #statistics: Specs;
  readonly #optimizer: Optimizer;
  readonly #batchSize: number;
  readonly #ema: EmaSettings | undefined;
  /** Variables that a step changes beside the weights. */
  readonly #state: Specs;
  #loaded = false;

  constructor({ optimizer = adam(), ...spec }: TrainingSpec) {
    const parameters = floatVariables(spec.parameters);
    const statistics = floatVariables(spec.statistics ?? new Map());
    this.#parameters = parameters;
    this.#statistics = statistics;
    this.#optimizer = optimizer;
    this.#batchSize = spec.batchSize;
    this.#ema = spec.ema;
    this.#state = new Map([...optimizer.variables(parameters), ...(spec.ema ? averagesOf(parameters) : [])]);
    this.#program = compileTraining(spec, parameters, new Map([...statistics, ...this.#state]), optimizer);
  }

  /** Weights to start from, and the optimiser's state (null: before its first step). */
  load(weights: Tensors, optimizer: Tensors | null): void {
    const averages = this.#ema ? averagesOf(weights) : [];
    this.#program.set(new Map([...weights, ...(optimizer ?? averages)]));
    this.#loaded = true;
    if (!optimizer) this.#program.fill(this.#optimizer.initialState(this.#parameters));
  }

  /** FedProx's global weights, before the first step: of each parameter that is held, and no other. */
  setGlobal(weights: Tensors): void {
    this.#program.set(globalsOf(weights));
    this.#loaded = true;
  }

  /**
   * One step on the rows at `indices`, int32 of batchSize elements or fewer. All randomness comes from `seed`, whose
   * position counts the steps from 0. Returns the mean loss of the rows, with the proximal term where there is one.
   */
  step(indices: Int32Array, seed: Seed, learningRate: number): number {
    if (this.#loaded) collectGarbage(); // whoever called `load` has let go of its values by now
    this.#loaded = false;
    // The graph's batch is of fixed size: rows to fill it up have no share in the loss.
    const rows = new Int32Array(this.#batchSize);
    rows.set(indices);
    const shares = new Float32Array(this.#batchSize).fill(1 / indices.length, 0, indices.length);
    const inputs = {
      indices: rows,
      shares,
      seed: Int32Array.from(seed),
      learningRate: Float32Array.of(learningRate),
    };
    const ema = this.#ema && { emaRate: Float32Array.of(1 - emaDecay(seed[1] + 1, this.#ema)) };
    return this.#program.run('train', { ...inputs, ...ema }).loss![0]!;
  }

  /** FedSGD's one step, with the mean gradient over the batches so far. */
  finish(learningRate: number): void {
    this.#program.run('finish', { learningRate: Float32Array.of(learningRate) });
  }

  /** With the running statistics. */
  weights(): Tensors {
    return this.#program.get([...this.#parameters.keys(), ...this.#statistics.keys()]);
  }

  /** The optimiser's state and the averages, exactly: all that a step needs beside weights and data. */
  optimizer(): Tensors {
    // Plain gradient descent has no state, and a session that fetches nothing is an error.
    return this.#state.size === 0 ? new Map() : this.#program.get([...this.#state.keys()]);
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
  { data, batchSize, clipNorm, precision = 'float32', ema, proximal, losses }: TrainingSpec,
  parameters: Specs,
  state: Specs,
  optimizer: Optimizer,
): Program {
  const held = new Map(proximal?.parameters.map((name) => [name, parameters.get(name)!]));
  return compile({
    variables: new Map([...parameters, ...state, ...globalsOf(held), ...data]),
    precision,
    functions: {
      train: {
        inputs: {
          indices: { shape: [batchSize], dtype: 'int32' },
          shares: { shape: [batchSize], dtype: 'float32' },
          seed: { shape: [2], dtype: 'int32' },
          learningRate: SCALAR,
          ...(ema && { emaRate: SCALAR }),
        },
        body: ({ indices, shares, seed, learningRate, emaRate }, trace) => {
          const lossesOf = losses(indices!, new Random(trace, seed!), trace);
          const weights = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const ofBatch = gradients(
            (p) =>
              lossesOf((name) => p.get(name)!)
                .mul(shares!)
                .sum(),
            weights,
          );
          const result = proximal ? withProximal(ofBatch, weights, proximal, trace) : ofBatch;
          const clipped = clipNorm ? clipByGlobalNorm(result.gradients, clipNorm).clipped : result.gradients;
          optimizer.apply(trace, clipped, learningRate!);
          if (emaRate) updateAverages(trace, parameters, emaRate);
          return { loss: result.loss };
        },
      },
      ...(optimizer.finish && {
        finish: {
          inputs: { learningRate: SCALAR },
          body: ({ learningRate }, trace) => {
            optimizer.finish!(trace, parameters, learningRate!);
            return { learningRate: learningRate! };
          },
        },
      }),
    },
  });
}
