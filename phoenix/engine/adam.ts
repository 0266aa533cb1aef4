/** Adam inside the graph (Kingma and Ba 2015). */
import { tf, type Tensor } from './backend.ts';
import type { Optimizer } from './optimizer.ts';
import type { TensorSpec } from './trace.ts';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  /** Added to the square root of the bias-corrected second moment, as PyTorch does. */
  readonly epsilon: number;
}

const DEFAULTS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

/**
 * Keeps first and second moments in `${scope}/m/NAME` and `${scope}/v/NAME`, of the parameter's shape, and the running
 * products β₁ᵗ and β₂ᵗ in `${scope}/beta1_power` and `${scope}/beta2_power`. The products are state: in float32, `pow`
 * gives other bits from the second step on.
 */
export function adam(settings: Partial<AdamSettings> = {}, scope = 'adam'): Optimizer {
  const { beta1, beta2, epsilon } = { ...DEFAULTS, ...settings };
  const first = (name: string) => `${scope}/m/${name}`;
  const second = (name: string) => `${scope}/v/${name}`;
  const powers = [
    { power: `${scope}/beta1_power`, beta: beta1 },
    { power: `${scope}/beta2_power`, beta: beta2 },
  ] as const;

  const variables: Optimizer['variables'] = (parameters) =>
    new Map([
      ...[...parameters].flatMap(([name, spec]) => [
        [first(name), spec] as const,
        [second(name), spec] as const,
      ]),
      ...powers.map(({ power }) => [power, SCALAR] as const),
    ]);

  return {
    variables,

    initialState: (parameters) => {
      const start = new Map<string, number>(powers.map(({ power, beta }) => [power, beta]));
      return new Map([...variables(parameters).keys()].map((name) => [name, start.get(name) ?? 0]));
    },

    apply: (trace, gradients, learningRate) => {
      const [power1, power2] = powers.map(({ power }) => trace.read(power)) as [Tensor, Tensor];
      // TensorFlow adds its ε to √v before the bias correction: scaling it makes the update PyTorch's.
      const scaled = tf.sqrt(tf.sub(1, power2)).mul(epsilon);
      const scalars = [power1, power2, learningRate, tf.scalar(beta1), tf.scalar(beta2), scaled];
      const operands = scalars.map((tensor) => trace.output(tensor));
      const type = { T: { type: 'float32' }, use_locking: { b: false }, use_nesterov: { b: false } } as const;
      const updates = [...gradients].map(([name, gradient]) => {
        const slots = [name, first(name), second(name)].map((variable) => trace.handle(variable));
        return trace.effect('ResourceApplyAdam', [...slots, ...operands, trace.output(gradient)], type);
      });
      const after = updates.map((node) => `^${node}`);
      for (const { power, beta } of powers) {
        const next = trace.output(trace.read(power).mul(beta));
        trace.effect('AssignVariableOp', [trace.handle(power), next, ...after], {
          dtype: { type: 'float32' },
        });
      }
    },
  };
}
