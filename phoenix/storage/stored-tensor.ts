/** Tensors in files of other programs, of which some are wanted: they are decoded when they are read. */
import type { Tensor } from './safetensors.ts';

export interface StoredTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /**
   * Row-major: floating-point numbers as float32, integers as int32, bytes as they are.
   *
   * @throws BadElements and what the file's format throws
   */
  read(): Tensor;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Element types by their safetensors names, with their lengths in bytes. */
export const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1 } as const;

export type ElementType = keyof typeof elementBytes;

/** An integer that int32 does not hold. */
export class BadElements extends Error {
  override readonly name = 'BadElements';
}

/** @param bytes little endian, a whole number of elements */
export function decodeElements(type: ElementType, bytes: Uint8Array): Tensor['data'] {
  const count = bytes.length / elementBytes[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'U8':
      return new Uint8Array(bytes);
    case 'F32':
      return new Float32Array(copy(bytes));
    case 'I32':
      return new Int32Array(copy(bytes));
    case 'F64':
      return Float32Array.from({ length: count }, (_, k) => view.getFloat64(8 * k, true));
    case 'F16':
      return Float32Array.from({ length: count }, (_, k) => fromHalf(view.getUint16(2 * k, true)));
    case 'BF16': {
      // The upper half of a float32.
      const bits = Uint32Array.from({ length: count }, (_, k) => view.getUint16(2 * k, true) << 16);
      return new Float32Array(bits.buffer);
    }
    case 'I64':
      return Int32Array.from({ length: count }, (_, k) => narrowed(view.getBigInt64(8 * k, true)));
  }
}

/** A buffer of its own, which begins where any element may. */
const copy = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function narrowed(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) throw new BadElements(`${value} is beyond 32 bits`);
  return Number(value);
}
