/** Transposed convolution (the gradient of a strided convolution with respect to its input), without bias. */
import { tf, type Tensor, type Tensor4D } from './backend.ts';

/**
 * Doubles the resolution as PyTorch's `ConvTranspose2d(in, out, 4, stride=2, padding=1)` does, except where each
 * output pixel has one term only, which is a matrix product: one pixel of input becomes an image of the kernel's size
 * (stride 1, no padding), and a kernel of one pixel keeps the resolution.
 * @param x float32 [batch, height, width, in]
 * @param weight float32 [size, size, out, in]; PyTorch's is [in, out, size, size]
 */
export function transposedConvolution(x: Tensor, weight: Tensor): Tensor {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [size, , outputs] = weight.shape as [number, number, number, number];
  if (height * width === 1 || size === 1) {
    const product = tf.matMul(x.reshape([-1, inputs]), weight.reshape([-1, inputs]), false, true);
    return product.reshape([batch, height * size, width * size, outputs]);
  }
  const shape: [number, number, number, number] = [batch, height * 2, width * 2, outputs];
  return tf.conv2dTranspose(x as Tensor4D, weight as Tensor4D, shape, 2, 'same');
}
