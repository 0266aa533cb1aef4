/**
 * The denoising U-Net of DDPM (Ho et al. 2020) as diffusers' `UNet2DModel` lays it out: residual blocks with time
 * embedding and group normalisation, self-attention where the settings say so, skip connections.
 */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { groupNorm } from '../engine/group-norm.ts';
import { convolution, dense, silu, upsample, within, type Parameters } from '../engine/layers.ts';
import { unetShape, type BlockShape, type UNetSettings } from './unet-parameters.ts';

const NORM_EPSILON = 1e-6;

/**
 * The noise in `images`, as the network sees it.
 * @param images float32 [batch, height, width, 3]
 * @param time float32 [batch], diffusion timesteps
 * @returns float32 [batch, height, width, 3]
 */
export function unet(images: Tensor, time: Tensor, p: Parameters, settings: UNetSettings): Tensor {
  const { groups } = settings;
  const { down, middle, up } = unetShape(settings);
  const embedding = silu(timeEmbedding(time, p, settings.channels[0]!));

  const layer = (x: Tensor, block: BlockShape, k: number, attends: boolean): Tensor => {
    const y = resnet(x, embedding, within(p, block.resnets[k]!.name), groups);
    return attends ? attention(y, within(p, `${block.name}.attentions.${k}`), groups) : y;
  };

  let x = convolution(images, within(p, 'conv_in'));
  const skips = [x];
  for (const block of down) {
    for (const k of block.resnets.keys()) skips.push((x = layer(x, block, k, block.attention)));
    if (block.resamples) skips.push((x = downsample(x, within(p, `${block.name}.downsamplers.0.conv`))));
  }
  x = layer(x, middle, 0, true);
  x = layer(x, middle, 1, false);
  for (const block of up) {
    for (const k of block.resnets.keys())
      x = layer(tf.concat([x, skips.pop()!], 3), block, k, block.attention);
    if (block.resamples) x = convolution(upsample(x), within(p, `${block.name}.upsamplers.0.conv`));
  }
  x = normSilu(x, within(p, 'conv_norm_out'), groups);
  return convolution(x, within(p, 'conv_out'));
}

/** Sinusoids of the timestep through two dense layers: [batch] → [batch, 4·channels]. */
function timeEmbedding(time: Tensor, p: Parameters, channels: number): Tensor {
  const half = channels / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(10000) * i) / (half - 1)),
  );
  const angles = time.reshape([-1, 1]).mul(tf.tensor2d(frequencies, [1, half]));
  const sinusoids = tf.concat([tf.sin(angles), tf.cos(angles)], 1);
  return dense(
    silu(dense(sinusoids, within(p, 'time_embedding.linear_1'))),
    within(p, 'time_embedding.linear_2'),
  );
}

const normSilu = (x: Tensor, p: Parameters, groups: number): Tensor =>
  groupNorm(x, p, { groups, epsilon: NORM_EPSILON, activation: 'silu' });

function resnet(x: Tensor, embedding: Tensor, p: Parameters, groups: number): Tensor {
  let y = convolution(normSilu(x, within(p, 'norm1'), groups), within(p, 'conv1'));
  const shift = dense(embedding, within(p, 'time_emb_proj'));
  y = y.add(shift.reshape([shift.shape[0]!, 1, 1, shift.shape[1]!]));
  y = convolution(normSilu(y, within(p, 'norm2'), groups), within(p, 'conv2'));
  const widens = x.shape[3] !== y.shape[3];
  return (widens ? convolution(x, within(p, 'conv_shortcut')) : x).add(y);
}

/** Self-attention over all pixels, one head, with a residual connection. */
function attention(x: Tensor, p: Parameters, groups: number): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const normal = groupNorm(x, within(p, 'group_norm'), { groups, epsilon: NORM_EPSILON, activation: 'none' });
  const tokens = normal.reshape([batch, height * width, channels]);
  const [q, k, v] = ['to_q', 'to_k', 'to_v'].map((name) => dense(tokens, within(p, name))) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(channels));
  const mixed = dense(tf.matMul(tf.softmax(scores), v), within(p, 'to_out.0'));
  return mixed.reshape(x.shape).add(x);
}

/** Halves the resolution by a strided convolution, after one row of zeros at the bottom and one column at the right. */
function downsample(x: Tensor, p: Parameters): Tensor {
  const padded = tf.pad(x as Tensor4D, [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 0],
  ]);
  return convolution(padded, p, { stride: 2, padding: 'valid' });
}
