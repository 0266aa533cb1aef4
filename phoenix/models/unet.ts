/**
 * The denoising U-Net of DDPM (Ho et al. 2020) as diffusers' `UNet2DModel` lays it out: residual blocks with time
 * embedding and group normalisation, self-attention where the settings say so, skip connections.
 */
import { attend } from '../engine/attention.ts';
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { groupNorm } from '../engine/group-norm.ts';
import {
  addBias,
  convolution,
  convolve,
  dense,
  silu,
  upsample,
  within,
  type Parameters,
} from '../engine/layers.ts';
import { recomputed } from '../engine/recompute.ts';
import type { Trace } from '../engine/trace.ts';
import { unetShape, type BlockShape, type UNetSettings } from './unet-parameters.ts';

/**
 * The noise in `images`, as the network sees it.
 * @param images float32 [batch, height, width, 3]
 * @param time float32 [batch], diffusion timesteps
 * @returns float32 [batch, height, width, 3]
 */
export function unet(
  images: Tensor,
  time: Tensor,
  p: Parameters,
  settings: UNetSettings,
  trace: Trace,
): Tensor {
  const { down, middle, up } = unetShape(settings);
  const embedding = silu(timeEmbedding(time, p, settings));

  const layer = (x: Tensor, block: BlockShape, k: number, attends: boolean): Tensor => {
    const y = resnet(x, embedding, within(p, block.resnets[k]!.name), settings, trace);
    if (!attends) return y;
    const own = within(p, `${block.name}.attentions.${k}`);
    return recomputed(trace, own, ATTENTION, (q, input) => attention(input!, q, settings))(y);
  };

  let x = convolution(images, within(p, 'conv_in'));
  const skips = [x];
  for (const block of down) {
    for (const k of block.resnets.keys()) skips.push((x = layer(x, block, k, block.attention)));
    if (block.resamples) {
      x = downsample(x, within(p, `${block.name}.downsamplers.0.conv`), settings.downsamplePadding);
      skips.push(x);
    }
  }
  x = layer(x, middle, 0, true);
  x = layer(x, middle, 1, false);
  for (const block of up) {
    for (const k of block.resnets.keys())
      x = layer(tf.concat([x, skips.pop()!], 3), block, k, block.attention);
    if (block.resamples) x = convolution(upsample(x), within(p, `${block.name}.upsamplers.0.conv`));
  }
  return addBias(normedConvolution(x, p, 'conv_norm_out', 'conv_out', settings, trace), p('conv_out.bias'));
}

/** Sinusoids of the timestep through two dense layers: [batch] → [batch, 4·channels]. */
function timeEmbedding(
  time: Tensor,
  p: Parameters,
  { channels, frequencyShift, cosineFirst }: UNetSettings,
): Tensor {
  const half = channels[0]! / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(10000) * i) / (half - frequencyShift)),
  );
  const angles = time.reshape([-1, 1]).mul(tf.tensor2d(frequencies, [1, half]));
  const halves = [tf.sin(angles), tf.cos(angles)];
  const sinusoids = tf.concat(cosineFirst ? halves.toReversed() : halves, 1);
  const first = dense(sinusoids, within(p, 'time_embedding.linear_1'));
  return dense(silu(first), within(p, 'time_embedding.linear_2'));
}

const norm = (
  x: Tensor,
  p: Parameters,
  { groups, normEpsilon }: UNetSettings,
  activation: 'silu' | 'none',
  shift?: Tensor,
): Tensor => groupNorm(x, p, { groups, epsilon: normEpsilon, activation }, shift);

function resnet(x: Tensor, embedding: Tensor, p: Parameters, settings: UNetSettings, trace: Trace): Tensor {
  const first = normedConvolution(x, p, 'norm1', 'conv1', settings, trace);
  // The bias of conv1 and the time embedding are the same for all pixels of a channel: the norm adds them.
  const shift = dense(embedding, within(p, 'time_emb_proj')).add(p('conv1.bias'));
  const second = normedConvolution(first, p, 'norm2', 'conv2', settings, trace, shift);
  const y = addBias(second, p('conv2.bias'));
  const widens = x.shape[3] !== y.shape[3];
  return y.add(widens ? convolution(x, within(p, 'conv_shortcut')) : x);
}

/**
 * Convolution, without its bias, of SiLU of the norm. Between x and the result lie two tensors of x's size, most of what
 * a gradient would keep of a network, and little work to make again.
 */
function normedConvolution(
  x: Tensor,
  p: Parameters,
  normName: string,
  convolutionName: string,
  settings: UNetSettings,
  trace: Trace,
  shift?: Tensor,
): Tensor {
  const names = [`${normName}.weight`, `${normName}.bias`, `${convolutionName}.weight`];
  const part = recomputed(trace, p, names, (q, input, added) =>
    convolve(norm(input!, within(q, normName), settings, 'silu', added), within(q, convolutionName)),
  );
  return part(x, ...(shift ? [shift] : []));
}

const ATTENTION = ['group_norm', 'to_q', 'to_k', 'to_v', 'to_out.0'].flatMap((layer) => [
  `${layer}.weight`,
  `${layer}.bias`,
]);

/** Self-attention over all pixels with a residual connection. */
function attention(x: Tensor, p: Parameters, settings: UNetSettings): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const heads = settings.headChannels === null ? 1 : channels / settings.headChannels;
  const tokens = norm(x, within(p, 'group_norm'), settings, 'none').reshape([
    batch,
    height * width,
    channels,
  ]);
  const [q, k, v] = ['to_q', 'to_k', 'to_v'].map((name) =>
    splitHeads(dense(tokens, within(p, name)), heads),
  ) as [Tensor, Tensor, Tensor];
  const mixed = dense(joinHeads(attend(q, k, v), heads), within(p, 'to_out.0'));
  return mixed.reshape(x.shape).add(x);
}

/** [batch, tokens, heads·width] → [batch·heads, tokens, width]. */
function splitHeads(x: Tensor, heads: number): Tensor {
  if (heads === 1) return x;
  const [batch, tokens, channels] = x.shape as [number, number, number];
  const split = x.reshape([batch, tokens, heads, channels / heads]).transpose([0, 2, 1, 3]);
  return split.reshape([batch * heads, tokens, channels / heads]);
}

/** The inverse of {@link splitHeads}. */
function joinHeads(x: Tensor, heads: number): Tensor {
  if (heads === 1) return x;
  const [rows, tokens, width] = x.shape as [number, number, number];
  const joined = x.reshape([rows / heads, heads, tokens, width]).transpose([0, 2, 1, 3]);
  return joined.reshape([rows / heads, tokens, heads * width]);
}

/** Halves the resolution by a strided convolution. Without padding, diffusers adds zeros below and to the right. */
function downsample(x: Tensor, p: Parameters, padding: 0 | 1): Tensor {
  const sides: [number, number] = [padding, 1];
  return convolution(tf.pad(x as Tensor4D, [[0, 0], sides, sides, [0, 0]]), p, {
    stride: 2,
    padding: 'valid',
  });
}
