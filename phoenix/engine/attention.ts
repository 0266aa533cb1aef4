/**
 * Scaled dot-product attention (Vaswani et al. 2017) with a gradient written by hand: it keeps the probabilities, and
 * takes the row sums that the softmax gradient needs from the small output instead of from the large scores.
 */
import { tf, type Tensor, type Tensor3D } from './backend.ts';
import { differentiable } from './differentiable.ts';

/** softmax(q·kᵀ/√width)·v; each float32 [batch, tokens, width]. */
export const attend: (q: Tensor, k: Tensor, v: Tensor) => Tensor = differentiable(
  (inputs, keep) => {
    const [query, key, value] = inputs as [Tensor3D, Tensor3D, Tensor3D];
    const scaled = query.mul<Tensor3D>(1 / Math.sqrt(query.shape[2]));
    const weights = tf.softmax(tf.matMul(scaled, key, false, true));
    const output = tf.matMul(weights, value);
    keep([scaled, weights, output]);
    return output;
  },
  (dy, inputs, kept) => {
    const [, key, value] = inputs as [Tensor3D, Tensor3D, Tensor3D];
    const [scaled, weights, output] = kept as [Tensor3D, Tensor3D, Tensor3D];
    // Per row, Σ over the keys of weight·gradient = Σ over the width of output·dy.
    const rows = output.mul(dy).sum(2, true);
    const scores = tf
      .matMul(dy as Tensor3D, value, false, true)
      .sub(rows)
      .mul<Tensor3D>(weights);
    return [
      tf.matMul(scores, key).mul(1 / Math.sqrt(key.shape[2])),
      tf.matMul(scores, scaled, true, false),
      tf.matMul(weights, dy as Tensor3D, true, false),
    ];
  },
);
