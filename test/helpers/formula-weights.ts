/**
 * Weights and images by a formula, bit for bit what the golden files of the feature networks were made with: a whole
 * network is built in memory, where its trained weights would be a download. Every value comes from a hash of its
 * tensor's name and its index.
 */
import { createHash } from 'node:crypto';
import type { Tensors } from '../../phoenix/storage/safetensors.ts';

/** What a golden file says of its weights; shapes and the order of elements are PyTorch's. */
export interface FormulaWeights {
  readonly seed: number;
  readonly elements: number;
  /** Of the float32 bytes of all tensors, little-endian, in the state dict's order. */
  readonly sha256: string;
  readonly values: readonly { readonly name: string; readonly index: number; readonly value: number }[];
  readonly state_dict: readonly (readonly [name: string, shape: readonly number[]])[];
}

export interface FormulaImage {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** Side of the squares that share a colour, before noise. */
  readonly block: number;
}

/**
 * All tensors in PyTorch's layout and the state dict's order, without the counters `num_batches_tracked`.
 * @param gain factor on a batch norm's weights, by their name
 */
export function formulaWeights(
  { seed, state_dict }: FormulaWeights,
  gain: (name: string) => number = () => 1,
): Tensors {
  const tensors = state_dict.filter(([name]) => !name.endsWith('.num_batches_tracked'));
  return new Map(
    tensors.map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((size, side) => size * side, 1));
      const hash = hashOf(name, seed);
      const value = valueOf(name, shape, gain);
      for (let i = 0; i < data.length; i++) data[i] = value(hash(i) / 2 ** 32);
      return [name, { shape, data }];
    }),
  );
}

/** From u in [0, 1) to an element. The order of the operations matters: it decides how float64 rounds. */
function valueOf(
  name: string,
  shape: readonly number[],
  gain: (name: string) => number,
): (u: number) => number {
  if (shape.length > 1) {
    const fanIn = shape.slice(1).reduce((size, side) => size * side, 1);
    const bound = Math.sqrt((shape.length === 4 ? 6 : 3) / fanIn);
    return (u) => (u * 2 - 1) * bound;
  }
  if (name.endsWith('.running_var')) return (u) => 0.5 + u;
  if (name.endsWith('.weight')) {
    const factor = gain(name);
    return (u) => (0.8 + 0.4 * u) * factor;
  }
  return (u) => (u - 0.5) * 0.2;
}

export function sha256Of(tensors: Tensors): string {
  const hash = createHash('sha256');
  for (const { data } of tensors.values()) hash.update(data);
  return hash.digest('hex');
}

/** uint8 [height, width, 3] */
export function formulaPixels({ name, height, width, block }: FormulaImage, seed: number): Uint8Array {
  const fine = hashOf(name, seed);
  const coarse = hashOf(`${name}/coarse`, seed);
  const blocksPerRow = Math.ceil(width / block);
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [row, column, channel] = [Math.floor(i / (3 * width)), Math.floor(i / 3) % width, i % 3];
    const square = Math.floor(row / block) * blocksPerRow + Math.floor(column / block);
    return (3 * (coarse(square * 3 + channel) >>> 24) + (fine(i) >>> 24)) >> 2;
  });
}

/** Index → whole number in [0, 2³²): MurmurHash3's finaliser of the index, shifted by name and seed. */
function hashOf(name: string, seed: number): (index: number) => number {
  const shift = Math.imul(0x9e3779b9, crc32(name)) + seed;
  return (index) => {
    let h = (index + shift) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

/** That of zlib and PNG; `node:zlib` offers it from Node 20.15 on only. */
function crc32(text: string): number {
  let remainder = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  }
  return ~remainder;
}
