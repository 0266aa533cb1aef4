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

/** The dtypes that we write, with the bytes of an element. */
export const ownBytes = { F32: 4, I32: 4, U8: 1 } as const;

const entrySchema = <D extends string>(dtypes: readonly D[]) =>
  z.strictObject({
    dtype: z.enum(dtypes),
    shape: z.array(z.int().min(0)),
    data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
  });

const metadataSchema = z.record(z.string(), z.string());

/** What a file says of one of its tensors. */
export interface TensorPlace<D extends string = keyof typeof ownBytes> {
  readonly dtype: D;
  readonly shape: readonly number[];
}

/** By name, in the order of their data. */
export type Layout<D extends string = keyof typeof ownBytes> = ReadonlyMap<string, TensorPlace<D>>;

/**
 * The file's bytes. Tensors are laid out in order of their names (code units), so that equal tensors give equal
 * bytes whatever the order of the map. Throws `BadSafetensors` when a shape does not fit its data.
 */
export function encodeSafetensors(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const layout = new Map<string, TensorPlace>();
  for (const [name, { shape, data }] of tensors) {
    if (elements(shape) !== data.length) {
      throw new BadSafetensors(`${name}: shape [${shape.join(', ')}] does not hold ${data.length} elements`);
    }
    layout.set(name, { dtype: dtypeOf(data), shape });
  }
  const { bytes, names, start } = emptyFile(layout, metadata);
  let at = start;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * A file of zeros: `encodeSafetensors` of tensors that are still to be computed.
 *
 * @returns its bytes, in which the tensors begin at `start` (a multiple of eight), in the order of `names`
 */
export function emptyFile(
  layout: Layout,
  metadata: Record<string, string> = {},
): { bytes: Uint8Array; start: number; names: readonly string[] } {
  const names = [...layout.keys()].sort();
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) {
    header.set(
      '__metadata__',
      Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
  }
  let end = 0;
  for (const name of names) {
    if (name === '__metadata__') throw new BadSafetensors('a tensor cannot be named __metadata__');
    const { dtype, shape } = layout.get(name)!;
    const begin = end;
    end += elements(shape) * dtypes[dtype].BYTES_PER_ELEMENT;
    header.set(name, { dtype, shape, data_offsets: [begin, end] });
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Trailing spaces are part of the format: they start the data on a multiple of eight bytes.
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  return { bytes, start, names };
}

/**
 * The tensors of a file, as views into `bytes` where the alignment allows it and copies elsewhere.
 * Throws `BadSafetensors` unless every element of the data belongs to exactly one tensor of a known dtype.
 */
export function decodeSafetensors(bytes: Uint8Array): { tensors: Tensors; metadata: Record<string, string> } {
  const length = headerLength(bytes, bytes.length);
  const data = bytes.subarray(8 + length);
  const { layout, metadata } = readLayout(bytes.subarray(8, 8 + length), data.length, ownBytes);
  const tensors = new Map<string, Tensor>();
  let begin = 0;
  for (const [name, { dtype, shape }] of layout) {
    const elementClass = dtypes[dtype];
    const part = data.subarray(begin, begin + elements(shape) * elementClass.BYTES_PER_ELEMENT);
    begin += part.length;
    const aligned = part.byteOffset % elementClass.BYTES_PER_ELEMENT === 0 ? part : new Uint8Array(part);
    tensors.set(name, {
      shape,
      data: new elementClass(aligned.buffer as ArrayBuffer, aligned.byteOffset, elements(shape)),
    });
  }
  return { tensors, metadata };
}

/**
 * Length in bytes of the JSON header, which begins after the first eight bytes of the file.
 *
 * @param fileBytes length of the whole file
 * @throws BadSafetensors
 */
export function headerLength(beginning: Uint8Array, fileBytes: number): number {
  if (fileBytes < 8) throw new BadSafetensors(`${fileBytes} bytes, too short for a header`);
  const view = new DataView(beginning.buffer, beginning.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  if (length > fileBytes - 8) {
    throw new BadSafetensors(`a header of ${length} bytes in a file of ${fileBytes}`);
  }
  return length;
}

/**
 * What the JSON header says.
 *
 * @param dataBytes number of bytes that follow it
 * @param elementBytes the dtypes that are known, with their lengths
 * @throws BadSafetensors unless every element of them belongs to exactly one tensor of a known dtype
 */
export function readLayout<D extends string>(
  json: Uint8Array,
  dataBytes: number,
  elementBytes: Readonly<Record<D, number>>,
): { layout: Layout<D>; metadata: Record<string, string> } {
  const { entries, metadata } = readHeader(json, Object.keys(elementBytes) as D[]);
  const layout = new Map<string, TensorPlace<D>>();
  let end = 0;
  entries.sort(([, a], [, b]) => compareOffsets(a.data_offsets, b.data_offsets));
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries) {
    const size = elements(shape) * elementBytes[dtype];
    if (offsets[0] !== end) throw new BadSafetensors(`${name}: starts at ${offsets[0]}, expected ${end}`);
    if (offsets[1] - offsets[0] !== size) {
      throw new BadSafetensors(`${name}: ${offsets[1] - offsets[0]} bytes, its shape needs ${size}`);
    }
    end = offsets[1];
    if (end > dataBytes) throw new BadSafetensors(`${name}: ends at ${end}, the data at ${dataBytes}`);
    layout.set(name, { dtype, shape });
  }
  if (end !== dataBytes) throw new BadSafetensors(`${dataBytes - end} bytes belong to no tensor`);
  return { layout, metadata };
}

function readHeader<D extends string>(bytes: Uint8Array, dtypes: readonly D[]) {
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!json.startsWith('{')) throw new SyntaxError('not an object');
    const header = new Map(Object.entries(JSON.parse(json) as object));
    const metadata = metadataSchema.parse(header.get('__metadata__') ?? {});
    header.delete('__metadata__');
    const schema = entrySchema(dtypes);
    const entries = [...header].map(([name, entry]) => [name, schema.parse(entry)] as const);
    return { entries, metadata };
  } catch (cause) {
    throw new BadSafetensors(`the header is not one of ${dtypes.join(', ')} tensors`, { cause });
  }
}

function dtypeOf(data: Tensor['data']): keyof typeof dtypes {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

/** Number of elements of a tensor. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

// Empty tensors share their start with the next one: the end decides.
function compareOffsets(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}
