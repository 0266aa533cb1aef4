/** Weights in diffusers' layout (PyTorch: convolutions [out, in, height, width], dense layers [out, in]) to ours. */
import { decodeSafetensors, type Tensor, type Tensors } from '../../phoenix/storage/safetensors.ts';

export function fromDiffusers(file: Uint8Array): Tensors {
  return new Map([...decodeSafetensors(file).tensors].map(([name, tensor]) => [name, toOurLayout(tensor)]));
}

/** Ours to diffusers': flat values in the order in which the golden files give them. */
export function toDiffusersLayout({ shape, data }: Tensor): Float32Array {
  if (shape.length === 4) return permute(data, shape, [3, 2, 0, 1]);
  return shape.length === 2 ? permute(data, shape, [1, 0]) : Float32Array.from(data);
}

/** [batch, channels, height, width] → [batch, height, width, channels]. */
export const channelsLast = (data: ArrayLike<number>, shape: readonly number[]) =>
  permute(data, shape, [0, 2, 3, 1]);

function toOurLayout({ shape, data }: Tensor): Tensor {
  const order = shape.length === 4 ? [2, 3, 1, 0] : shape.length === 2 ? [1, 0] : [0];
  return { shape: order.map((axis) => shape[axis]!), data: permute(data, shape, order) };
}

/** Axis k of the result is axis order[k] of the input. */
function permute(data: ArrayLike<number>, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const target = order.map((axis) => shape[axis]!);
  return Float32Array.from({ length: data.length }, (_, flat) => {
    let rest = flat;
    let source = 0;
    for (let k = target.length - 1; k >= 0; k--) {
      source += (rest % target[k]!) * strides[order[k]!]!;
      rest = Math.floor(rest / target[k]!);
    }
    return data[source]!;
  });
}
