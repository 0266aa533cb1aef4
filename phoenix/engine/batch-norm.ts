/**
 * Batch normalisation (Ioffe and Szegedy 2015) as PyTorch's `BatchNorm2d` does it, by TensorFlow's fused ops. A layer
 * has the parameters `weight` and `bias` and the variables `running_mean` and `running_var`, all float32 [channels].
 */
import type { Tensor } from './backend.ts';
import type { Parameters } from './layers.ts';
import { recordedOp } from './recorded-op.ts';
import type { Trace } from './trace.ts';

/** Normalises x, float32 [batch, height, width, channels], by the layer of that name. */
export type BatchNorm = (x: Tensor, p: Parameters, layer: string) => Tensor;

/** PyTorch's default: the share of the newest batch in the running statistics. */
const MOMENTUM = 0.1;
/** PyTorch's default: what is added to a variance. */
const EPSILON = 1e-5;
const FLOAT = { type: 'float32' } as const;
const attributes = (training: boolean, epsilon: number) =>
  ({
    T: FLOAT,
    U: FLOAT,
    epsilon: { f: epsilon },
    data_format: { s: 'NHWC' },
    is_training: { b: training },
  }) as const;
const TRAINING = attributes(true, EPSILON);

/** Batch normalisation while training. */
export class MovingBatchNorm {
  readonly #trace: Trace;
  /** Variable → the graph output with its value after the batches normalised so far. */
  readonly #statistics = new Map<string, string>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /**
   * Normalises by the batch's own mean and variance. Moves the layer's running statistics towards them, the variance
   * with Bessel's correction; a layer that is called several times moves them in the order of the calls.
   */
  readonly normalise: BatchNorm = (x, p, layer) => {
    const trace = this.#trace;
    const [mean, variance] = statisticsOf(layer);
    const inputs = [x, p(`${layer}.weight`), p(`${layer}.bias`)];
    const operands = inputs.map((tensor) => trace.output(tensor));
    const node = trace.node('FusedBatchNormV3', [...operands, this.#current(mean), this.#current(variance)], {
      ...TRAINING,
      exponential_avg_factor: { f: MOMENTUM },
    });
    this.#statistics.set(mean, `${node}:1`).set(variance, `${node}:2`);
    return recordedOp(trace, node, inputs, (dy) => {
      const kept = [3, 4, 5].map((k) => `${node}:${k}`);
      const dx = trace.node('FusedBatchNormGradV3', [dy, operands[0]!, operands[1]!, ...kept], TRAINING);
      return [dx, `${dx}:1`, `${dx}:2`];
    });
  };

  /** Writes the running statistics into their variables. */
  store(): void {
    for (const [variable, output] of this.#statistics) {
      this.#trace.effect('AssignVariableOp', [this.#trace.handle(variable), output], { dtype: FLOAT });
    }
  }

  #current(variable: string): string {
    return this.#statistics.get(variable) ?? readVariable(this.#trace, variable);
  }
}

/** Normalises by the running statistics. Has no gradient. */
export const inferenceBatchNorm =
  (trace: Trace, epsilon = EPSILON): BatchNorm =>
  (x, p, layer) => {
    const operands = [x, p(`${layer}.weight`), p(`${layer}.bias`)].map((tensor) => trace.output(tensor));
    const statistics = statisticsOf(layer).map((variable) => readVariable(trace, variable));
    const node = trace.node('FusedBatchNormV3', [...operands, ...statistics], attributes(false, epsilon));
    return trace.standIn(node, { shape: x.shape, dtype: 'float32' });
  };

const statisticsOf = (layer: string) => [`${layer}.running_mean`, `${layer}.running_var`] as const;

const readVariable = (trace: Trace, variable: string): string =>
  trace.node('ReadVariableOp', [trace.handle(variable)], { dtype: FLOAT });
