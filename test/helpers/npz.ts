/**
 * NumPy's .npz (a zip of .npy files), as far as the golden files use it: little-endian float32 and float64,
 * deflated.
 */
import { inflateRawSync } from 'node:zlib';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;
const DEFLATED = 8;

/** The arrays of `file` by name, without the `.npy`. */
export function readNpz(file: Buffer): Map<string, NpyArray> {
  const end = file.lastIndexOf(uint32(END_OF_CENTRAL_DIRECTORY));
  if (end < 0) throw new Error('not a zip file');
  const arrays = new Map<string, NpyArray>();
  let entry = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    if (file.readUInt32LE(entry) !== CENTRAL_ENTRY) throw new Error(`no zip entry at byte ${entry}`);
    if (file.readUInt16LE(entry + 10) !== DEFLATED) throw new Error('zip entry is not deflated');
    const nameLength = file.readUInt16LE(entry + 28);
    const name = file.toString('utf8', entry + 46, entry + 46 + nameLength);
    // Sizes come from the central directory: local headers may hold zip64 placeholders.
    const local = file.readUInt32LE(entry + 42);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const body = inflateRawSync(file.subarray(start, start + file.readUInt32LE(entry + 20)));
    arrays.set(name.replace(/\.npy$/, ''), readNpy(body));
    entry += 46 + nameLength + file.readUInt16LE(entry + 30) + file.readUInt16LE(entry + 32);
  }
  return arrays;
}

function readNpy(body: Buffer): NpyArray {
  const headerLength = body.readUInt16LE(8);
  const header = body.toString('latin1', 10, 10 + headerLength);
  const type = /'descr': '(<f[48])', 'fortran_order': False, 'shape': \(([\d, ]*)\)/.exec(header);
  if (!type) throw new Error(`npy header not understood: ${header}`);
  const shape = type[2]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  // Copied, because a typed array must start at a multiple of its element size.
  const values = Uint8Array.prototype.slice.call(body, 10 + headerLength).buffer;
  return { shape, data: type[1] === '<f4' ? new Float32Array(values) : new Float64Array(values) };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
