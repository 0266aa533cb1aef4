/**
 * Group normalisation (Wu and He 2018), optionally followed by SiLU, with a gradient written by hand. Normalising and
 * scaling is one multiply-add per element, z = x·A + D, with A and D per image and channel: composed from tfjs'
 * operations it would pass over the whole tensor three times as often, and more in the gradient. What is added to x per
 * image and channel (the bias of the convolution before, the time embedding) needs no pass at all: it goes into A and D.
 */
import { tf, type Tensor, type Tensor2D } from './backend.ts';
import { differentiable } from './differentiable.ts';
import type { Parameters } from './layers.ts';

type Four = [Tensor, Tensor, Tensor, Tensor];

export interface GroupNormSettings {
  readonly groups: number;
  readonly epsilon: number;
  readonly activation: 'silu' | 'none';
}

/**
 * Group norm of x + shift.
 * @param x float32 [batch, height, width, channels]; parameters `weight` and `bias` are [channels]
 * @param shift float32 [batch, channels]
 */
export function groupNorm(
  x: Tensor,
  p: Parameters,
  { groups, epsilon, activation }: GroupNormSettings,
  shift?: Tensor,
): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const pixels = height * width;
  const perChannel = [batch, 1, channels];
  // [batch, channels] sums → means over the channel's group, once per channel of the group
  const groupMean = (sums: Tensor) => tf.matMul(sums as Tensor2D, groupAverage(channels, groups, pixels));

  const forward = (input: Tensor, weight: Tensor, bias: Tensor, added: Tensor) => {
    const sums = input.sum(1);
    const mean = groupMean(sums.add(added.mul(pixels)));
    // Σ (x + s)² = Σ x² + s·(2·Σ x + pixels·s)
    const squares = input
      .square()
      .sum(1)
      .add(added.mul(sums.mul(2).add(added.mul(pixels))));
    // Rounding can push E[x²] − mean² below zero where the spread is tiny against the mean.
    const variance = tf.relu(groupMean(squares).sub(mean.square()));
    const inverse = tf.rsqrt(variance.add(epsilon));
    const scale = inverse.mul(weight);
    const centre = mean.sub(added); // of x alone
    const z = input.mul(scale.reshape(perChannel)).add(bias.sub(centre.mul(scale)).reshape(perChannel));
    return { sums, centre, inverse, scale, z };
  };

  const normalise = differentiable(
    (inputs, keep) => {
      const [input, weight, bias, added] = inputs as Four;
      const { sums, centre, inverse, scale, z } = forward(input, weight, bias, added);
      const gate = activation === 'silu' ? tf.sigmoid(z) : null;
      const value = gate ? z.mul(gate) : z;
      keep([sums, centre, inverse, scale, ...(gate ? [gate, value] : [])]);
      return value;
    },
    (dy, [input, weight], [sums, centre, inverse, scale, gate, value]) => {
      const dz = gate ? siluGradient(dy, gate, value!) : dy;
      const total = dz.sum(1);
      // Σ dz·x̂ over the pixels, x̂ = (x − centre)·inverse
      const projected = dz.mul(input!).sum(1).sub(centre!.mul(total)).mul(inverse!);
      // dx = dz·scale − (x − centre)·spread − level
      const spread = groupMean(projected.mul(weight!)).mul(inverse!.square());
      const level = groupMean(total.mul(weight!)).mul(inverse!);
      const offset = centre!.mul(spread).sub(level);
      const dx = dz
        .mul(scale!.reshape(perChannel))
        .sub(input!.mul(spread.reshape(perChannel)))
        .add(offset.reshape(perChannel));
      const dShift = total.mul(scale!).sub(sums!.mul(spread)).add(offset.mul(pixels));
      return [dx, projected.sum(0), total.sum(0), dShift];
    },
  );

  const flat = x.reshape([batch, pixels, channels]);
  const normal = normalise(flat, p('weight'), p('bias'), shift ?? tf.zeros([batch, channels]));
  return normal.reshape(x.shape);
}

/** Gradient of y = z·g with the gate g = sigmoid(z): dy·g·(1 + z·(1 − g)), formed without z as dy·g + y·(dy − dy·g). */
function siluGradient(dy: Tensor, gate: Tensor, y: Tensor): Tensor {
  const gated = dy.mul(gate);
  return dy.sub(gated).mul(y).add(gated);
}

/** By size: a network has hundreds of norms of a few sizes, and the garbage collector does not feel the weight of arrays. */
const averages = new Map<string, Float32Array>();

/** [channels, channels]: 1 / (elements of a group) where two channels share a group, else 0. */
function groupAverage(channels: number, groups: number, pixels: number): Tensor2D {
  const key = [channels, groups, pixels].join();
  const matrix = averages.get(key) ?? averageMatrix(channels, groups, pixels);
  averages.set(key, matrix);
  return tf.tensor2d(matrix, [channels, channels]);
}

function averageMatrix(channels: number, groups: number, pixels: number): Float32Array {
  const size = channels / groups;
  const share = 1 / (size * pixels);
  const group = (channel: number) => Math.floor(channel / size);
  return Float32Array.from({ length: channels * channels }, (_, k) =>
    group(Math.floor(k / channels)) === group(k % channels) ? share : 0,
  );
}
