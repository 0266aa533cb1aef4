/** The two networks of the DCGAN (Radford et al. 2016; paper §4.1) for images of 32×32 pixels. */
import { tf, type Tensor, type Tensor4D } from '../engine/backend.ts';
import { leakyRelu, relu } from '../engine/rectifiers.ts';
import { transposedConvolution } from '../engine/transposed-convolution.ts';
import { discriminatorLayers, generatorLayers, type DcganSettings } from './dcgan-parameters.ts';
import type { Pass } from './pass.ts';

const LEAK = 0.2;

/**
 * @param noise float32 [batch, latents], standard normal
 * @returns images float32 [batch, 32, 32, 3], −1…1
 */
export function generator(noise: Tensor, { p, batchNorm, trace }: Pass, settings: DcganSettings): Tensor {
  let x: Tensor = noise.reshape([noise.shape[0]!, 1, 1, settings.latents]);
  for (const { convolution, norm } of generatorLayers(settings)) {
    x = transposedConvolution(x, p(`${convolution}.weight`));
    if (norm) x = relu(batchNorm(x, p, norm), trace);
  }
  return tf.tanh(x);
}

/**
 * @param images float32 [batch, 32, 32, 3], −1…1
 * @returns logits float32 [batch]: positive for images taken for real
 */
export function discriminator(
  images: Tensor,
  { p, batchNorm, trace }: Pass,
  settings: DcganSettings,
): Tensor {
  const layers = discriminatorLayers(settings);
  const last = layers.pop()!;
  let x = images;
  for (const { convolution, norm } of layers) {
    // A kernel of 4 with stride 2: 'same' is one pixel of padding on each side.
    x = tf.conv2d(x as Tensor4D, p(`${convolution}.weight`) as Tensor4D, 2, 'same');
    if (norm) x = batchNorm(x, p, norm);
    x = leakyRelu(x, LEAK, trace);
  }
  // The last kernel covers the whole 2×2 image.
  const kernel = p(`${last.convolution}.weight`).reshape([-1, 1]);
  return tf.matMul(x.reshape([images.shape[0]!, -1]), kernel).flatten();
}
