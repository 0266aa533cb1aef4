/** Adam inside the graph (Kingma and Ba 2015), with its state in variables that can be read and written. */
import { tf, type Tensor } from './backend.ts';
import type { TensorSpec, Trace } from './trace.ts';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the square root of the bias-corrected second moment, as PyTorch does. */
  readonly epsilon: number;
}

export const ADAM_DEFAULTS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Running products β₁ᵗ and β₂ᵗ. They are state: in float32, `pow` gives other bits from the second step on. */
const POWERS = ['adam/beta1_power', 'adam/beta2_power'] as const;
const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

/** The variables Adam keeps for `parameters`: first and second moments, and the two powers. */
export function adamVariables(parameters: ReadonlyMap<string, TensorSpec>): Map<string, TensorSpec> {
  const moments = [...parameters].flatMap(([name, spec]) => [
    [`adam/m/${name}`, spec] as const,
    [`adam/v/${name}`, spec] as const,
  ]);
  return new Map([...moments, ...POWERS.map((name) => [name, SCALAR] as const)]);
}

/** State before the first step. */
export function initialAdamState(parameters: ReadonlyMap<string, TensorSpec>, settings = ADAM_DEFAULTS) {
  const powers = new Map<string, number>([
    [POWERS[0], settings.beta1],
    [POWERS[1], settings.beta2],
  ]);
  return new Map(
    [...adamVariables(parameters)].map(([name, { shape }]) => {
      const data = new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(powers.get(name) ?? 0);
      return [name, { shape, data }] as const;
    }),
  );
}

/** Records one Adam update of every parameter that has a gradient. */
export function applyAdam(
  trace: Trace,
  gradients: ReadonlyMap<string, Tensor>,
  learningRate: Tensor,
  settings = ADAM_DEFAULTS,
): void {
  const [power1, power2] = POWERS.map((name) => trace.read(name)) as [Tensor, Tensor];
  // TensorFlow adds its ε to √v before the bias correction: scaling it makes the update PyTorch's.
  const epsilon = tf.sqrt(tf.sub(1, power2)).mul(settings.epsilon);
  const scalars = [
    power1,
    power2,
    learningRate,
    tf.scalar(settings.beta1),
    tf.scalar(settings.beta2),
    epsilon,
  ];
  const operands = scalars.map((tensor) => trace.output(tensor));
  const type = { T: { type: 'float32' }, use_locking: { b: false }, use_nesterov: { b: false } } as const;
  const updates = [...gradients].map(([name, gradient]) => {
    const slots = [name, `adam/m/${name}`, `adam/v/${name}`].map((variable) => trace.handle(variable));
    return trace.effect('ResourceApplyAdam', [...slots, ...operands, trace.output(gradient)], type);
  });
  const after = updates.map((node) => `^${node}`);
  for (const [name, power, beta] of [
    [POWERS[0], power1, settings.beta1],
    [POWERS[1], power2, settings.beta2],
  ] as const) {
    const next = trace.output(power.mul(beta));
    trace.effect('AssignVariableOp', [trace.handle(name), next, ...after], { dtype: { type: 'float32' } });
  }
}

/** Gradients of a scalar loss with respect to named parameters. */
export function gradients(
  loss: (parameters: ReadonlyMap<string, Tensor>) => Tensor,
  parameters: ReadonlyMap<string, Tensor>,
): { loss: Tensor; gradients: Map<string, Tensor> } {
  const names = [...parameters.keys()];
  const rebuild = (values: readonly Tensor[]) => new Map(names.map((name, k) => [name, values[k]!] as const));
  const result = tf.valueAndGrads((...values: Tensor[]) => loss(rebuild(values)))([...parameters.values()]);
  return { loss: result.value, gradients: rebuild(result.grads) };
}
