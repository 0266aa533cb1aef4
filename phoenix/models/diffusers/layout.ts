/**
 * Weights in PyTorch's layout and in ours: convolutions are [out, in, height, width] there and [height, width, in, out]
 * here, dense layers [out, in] there and [in, out] here; everything else is the same. With height and width taken as
 * one axis, either way the axes come in reverse order.
 */
import type { Tensor } from '../../storage/safetensors.ts';

/** Ours to PyTorch's; vectors are not copied. */
export function toPyTorch(tensor: Tensor): Tensor {
  const { shape, data } = tensor;
  if (shape.length < 2) return tensor;
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  return { shape: pyTorchShape(shape), data: reversed(data, product(shape.slice(0, -2)), inputs, outputs) };
}

/** Shape in PyTorch's layout of a parameter in ours. */
export function pyTorchShape(shape: readonly number[]): readonly number[] {
  return [...shape.slice(-2).reverse(), ...shape.slice(0, -2)];
}

/** PyTorch's to ours; vectors are not copied. */
export function fromPyTorch(tensor: Tensor): Tensor {
  const { shape, data } = tensor;
  if (shape.length < 2) return tensor;
  const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
  return { shape: [...kernel, inputs, outputs], data: reversed(data, outputs, inputs, product(kernel)) };
}

/** [a, b, c] → [c, b, a] */
function reversed(data: Tensor['data'], a: number, b: number, c: number): Float32Array {
  const result = new Float32Array(data.length);
  let from = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) result[(k * b + j) * a + i] = data[from++]!;
    }
  }
  return result;
}

const product = (sides: readonly number[]): number => sides.reduce((size, side) => size * side, 1);
