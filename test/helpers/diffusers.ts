/** What PyTorch wrote, in our layout. */
import { fromPyTorch } from '../../phoenix/models/diffusers/layout.ts';
import { decodeSafetensors, type Tensors } from '../../phoenix/storage/safetensors.ts';

export function fromDiffusers(file: Uint8Array): Tensors {
  return new Map([...decodeSafetensors(file).tensors].map(([name, tensor]) => [name, fromPyTorch(tensor)]));
}

/** [batch, channels, height, width] → [batch, height, width, channels]. */
export function channelsLast(data: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const pixels = height * width;
  return Float32Array.from({ length: batch * channels * pixels }, (_, k) => {
    const pixel = Math.floor(k / channels) % pixels;
    return data[Math.floor(k / (channels * pixels)) * channels * pixels + (k % channels) * pixels + pixel]!;
  });
}
