/**
 * The safetensors file format: eight bytes of header length (little endian), a JSON header
 * `{name: {dtype, shape, data_offsets}, __metadata__}`, then the tensors' raw bytes, little endian and without gaps.
 * All weights, optimiser states, images and features are stored in it, so that other tools can read them.
 */
import { z } from 'zod';

export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major elements; the class gives the dtype: F32, I32 or U8. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export type Tensors = ReadonlyMap<string, Tensor>;

export class BadSafetensors extends Error {
  override readonly name = 'BadSafetensors';
}

const dtypes = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

const entrySchema = z.strictObject({
  dtype: z.enum(['F32', 'I32', 'U8']),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

const metadataSchema = z.record(z.string(), z.string());

/**
 * The file's bytes. Tensors are laid out in order of their names (code units), so that equal tensors give equal
 * bytes whatever the order of the map. Throws `BadSafetensors` when a shape does not fit its data.
 */
export function encodeSafetensors(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) {
    header.set(
      '__metadata__',
      Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
  }
  let end = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    if (name === '__metadata__') throw new BadSafetensors('a tensor cannot be named __metadata__');
    if (elements(shape) !== data.length) {
      throw new BadSafetensors(`${name}: shape [${shape.join(', ')}] does not hold ${data.length} elements`);
    }
    const begin = end;
    end += data.byteLength;
    header.set(name, { dtype: dtypeOf(data), shape, data_offsets: [begin, end] });
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Trailing spaces are part of the format: they start the data on a multiple of eight bytes.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a file, as views into `bytes` where the alignment allows it and copies elsewhere.
 * Throws `BadSafetensors` unless every element of the data belongs to exactly one tensor of a known dtype.
 */
export function decodeSafetensors(bytes: Uint8Array): { tensors: Tensors; metadata: Record<string, string> } {
  const { entries, metadata, data } = readHeader(bytes);
  const tensors = new Map<string, Tensor>();
  let end = 0;
  entries.sort(([, a], [, b]) => compareOffsets(a.data_offsets, b.data_offsets));
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries) {
    const elementClass = dtypes[dtype];
    const size = elements(shape) * elementClass.BYTES_PER_ELEMENT;
    if (offsets[0] !== end) throw new BadSafetensors(`${name}: starts at ${offsets[0]}, expected ${end}`);
    if (offsets[1] - offsets[0] !== size) {
      throw new BadSafetensors(`${name}: ${offsets[1] - offsets[0]} bytes, its shape needs ${size}`);
    }
    end = offsets[1];
    if (end > data.length) throw new BadSafetensors(`${name}: ends at ${end}, the data at ${data.length}`);
    const part = data.subarray(offsets[0], end);
    const aligned = part.byteOffset % elementClass.BYTES_PER_ELEMENT === 0 ? part : new Uint8Array(part);
    tensors.set(name, {
      shape,
      data: new elementClass(aligned.buffer as ArrayBuffer, aligned.byteOffset, elements(shape)),
    });
  }
  if (end !== data.length) throw new BadSafetensors(`${data.length - end} bytes belong to no tensor`);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array) {
  if (bytes.length < 8) throw new BadSafetensors(`${bytes.length} bytes, too short for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) {
    throw new BadSafetensors(`a header of ${length} bytes in a file of ${bytes.length}`);
  }
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length));
    if (!json.startsWith('{')) throw new SyntaxError('not an object');
    const header = new Map(Object.entries(JSON.parse(json) as object));
    const metadata = metadataSchema.parse(header.get('__metadata__') ?? {});
    header.delete('__metadata__');
    const entries = [...header].map(([name, entry]) => [name, entrySchema.parse(entry)] as const);
    return { entries, metadata, data: bytes.subarray(8 + length) };
  } catch (cause) {
    throw new BadSafetensors('the header is not one of F32, I32 and U8 tensors', { cause });
  }
}

function dtypeOf(data: Tensor['data']): keyof typeof dtypes {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

// Empty tensors share their start with the next one: the end decides.
function compareOffsets(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}
