/** Gradient clipping by global norm (Pascanu et al. 2013). */
import { tf, type Tensor } from './backend.ts';

/**
 * Scales all gradients by one factor, min(1, maxNorm / (norm + 10⁻⁶)), as PyTorch's `clip_grad_norm_` does. `norm`, a
 * scalar, is the Euclidean norm of all of them together, before clipping. A norm that is not finite is passed on: it
 * makes the weights not finite, and the next loss tells.
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, Tensor>,
  maxNorm: number,
): { clipped: Map<string, Tensor>; norm: Tensor } {
  const norm = tf.addN([...gradients.values()].map((gradient) => gradient.square().sum())).sqrt();
  const factor = tf.minimum(tf.div(maxNorm, norm.add(1e-6)), 1);
  const clipped = new Map([...gradients].map(([name, gradient]) => [name, gradient.mul(factor)] as const));
  return { clipped, norm };
}
