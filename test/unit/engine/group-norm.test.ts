import { expect, test } from 'vitest';
import { tf, type Tensor } from '../../../phoenix/engine/backend.ts';
import { groupNorm } from '../../../phoenix/engine/group-norm.ts';

const epsilon = 1e-6;
const groups = 3;
const shape: [number, number, number, number] = [2, 4, 4, 6];

/** The definition, composed from tfjs' own differentiable operations. */
function reference(x: Tensor, weight: Tensor, bias: Tensor, activation: 'silu' | 'none'): Tensor {
  const grouped = x.reshape([2, 16, groups, 2]);
  const { mean, variance } = tf.moments(grouped, [1, 3], true);
  const normal = grouped.sub(mean).div(variance.add(epsilon).sqrt()).reshape(x.shape);
  const z = normal.mul(weight).add(bias);
  return activation === 'silu' ? z.mul(tf.sigmoid(z)) : z;
}

test.each(['silu', 'none'] as const)(
  'value and gradients with activation %s are those of the definition',
  (activation) => {
    tf.tidy(() => {
      const x = tf.randomNormal(shape, 1.5, 2, 'float32', 3);
      const weight = tf.randomNormal([6], 1, 0.3, 'float32', 4);
      const bias = tf.randomNormal([6], 0, 0.3, 'float32', 5);
      const target = tf.randomNormal(shape, 0, 1, 'float32', 6);
      const ours = (a: Tensor, w: Tensor, b: Tensor) =>
        groupNorm(a, (name) => (name === 'weight' ? w : b), { groups, epsilon, activation });
      const loss = (norm: (a: Tensor, w: Tensor, b: Tensor) => Tensor) =>
        tf.valueAndGrads((a: Tensor, w: Tensor, b: Tensor) => norm(a, w, b).mul(target).sum().asScalar())([
          x,
          weight,
          bias,
        ]);
      const got = loss(ours);
      const want = loss((a, w, b) => reference(a, w, b, activation));
      close(got.value, want.value);
      got.grads.forEach((gradient, k) => close(gradient, want.grads[k]!));
    });
  },
);

function close(got: Tensor, want: Tensor): void {
  const scale = want.abs().max().dataSync()[0]!;
  expect(got.sub(want).abs().max().dataSync()[0]! / scale).toBeLessThan(2e-5);
}
