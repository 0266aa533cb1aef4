/**
 * Tensors in files of `torch.save`: the zip format of PyTorch 1.6 and later (`NAME/data.pkl` beside one entry per
 * storage in `NAME/data/`), and the one before it (pickles of a magic number, a version, facts about the machine, the
 * object and the storages' names, then the storages). Either way the pickle describes tensors as views of storages, and
 * may ask for nothing but them.
 */
import { BadPickle } from './pickle-bytes.ts';
import { readPickle, type Vocabulary } from './pickle.ts';
import { elements, type Tensor } from './safetensors.ts';
import {
  decodeElements,
  elementBytes,
  type ElementType,
  type StoredTensor,
  type StoredTensors,
} from './stored-tensor.ts';
import { readZip } from './zip.ts';

/** Damaged, or without the tensors that are asked for. */
export class BadTorchFile extends Error {
  override readonly name = 'BadTorchFile';
}

const ZIP = [0x50, 0x4b];
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
/** PROTO 2, then the magic number as LONG1 of ten bytes. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a];

const startsWith = (bytes: Uint8Array, beginning: readonly number[]): boolean =>
  beginning.every((byte, k) => bytes[k] === byte);

export const isTorchFile = (bytes: Uint8Array): boolean =>
  startsWith(bytes, ZIP) || startsWith(bytes, LEGACY);

/**
 * Names and tensors of a state dict.
 *
 * @param path keys that lead from the saved object to the state dict; no other tensor is decoded
 * @throws BadTorchFile, BadZip, BadPickle, RefusedGlobal
 */
export function readTorchFile(bytes: Uint8Array, path: readonly string[] = []): StoredTensors {
  let value = startsWith(bytes, ZIP) ? readZipped(bytes) : readLegacy(bytes);
  for (const key of path) value = value instanceof Map ? value.get(key) : undefined;
  const where = path.length === 0 ? 'it' : `its ${path.join('.')}`;
  if (!(value instanceof Map)) throw new BadTorchFile(`${where} is no dictionary of tensors`);
  for (const [name, tensor] of value as Map<unknown, unknown>) {
    if (typeof name !== 'string' || !(tensor instanceof View))
      throw new BadTorchFile(`${where} has ${String(name)}, which is no tensor`);
  }
  return value as Map<string, View>;
}

function readZipped(bytes: Uint8Array): unknown {
  const entries = readZip(bytes);
  const pickle = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined)
    throw new BadTorchFile('it is a zip archive, and not of PyTorch: unpack it first');
  const folder = pickle.slice(0, pickle.indexOf('/'));
  const order = entries.get(`${folder}/byteorder`)?.read();
  if (order && new TextDecoder().decode(order) !== 'little') throw new BadTorchFile('it is big-endian');
  const storage = (key: string, type: ElementType, count: number): Storage => {
    const entry = entries.get(`${folder}/data/${key}`);
    if (entry?.bytes !== count * elementBytes[type])
      throw new BadTorchFile(`its storage ${key} is missing or not ${count} ${type} elements long`);
    return { type, count, read: () => entry.read() };
  };
  return readPickle(entries.get(pickle)!.read(), 0, vocabulary(storage)).value;
}

function readLegacy(bytes: Uint8Array): unknown {
  const known = new Map<string, { type: ElementType; count: number; begin: number | null }>();
  const storage = (key: string, type: ElementType, count: number): Storage => {
    const place = known.get(key) ?? { type, count, begin: null };
    if (place.type !== type || place.count !== count)
      throw new BadTorchFile(`its storage ${key} has two types or lengths`);
    known.set(key, place);
    const read = () => {
      if (place.begin === null) throw new BadTorchFile(`its storage ${key} is missing`);
      return bytes.subarray(place.begin, place.begin + count * elementBytes[type]);
    };
    return { type, count, read };
  };

  let at = 0;
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, at, vocabulary(storage));
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC || next() !== 1001) throw new BadTorchFile('its version is unknown');
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true)
    throw new BadTorchFile('it is big-endian');
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new BadTorchFile('it has no list of storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys as unknown[]) {
    const place = known.get(key as string);
    if (!place) throw new BadTorchFile(`its storage ${String(key)} belongs to no tensor`);
    if (at + 8 > bytes.length) throw new BadTorchFile('it is cut off');
    const count = view.getBigInt64(at, true);
    place.begin = at + 8;
    at = place.begin + place.count * elementBytes[place.type];
    if (count !== BigInt(place.count) || at > bytes.length)
      throw new BadTorchFile(`its storage ${String(key)} is not ${place.count} elements long`);
  }
  if (at !== bytes.length) throw new BadTorchFile(`${bytes.length - at} bytes belong to no storage`);
  return value;
}

interface Storage {
  readonly type: ElementType;
  /** Number of elements. */
  readonly count: number;
  read(): Uint8Array;
}

type FindStorage = (key: string, type: ElementType, count: number) => Storage;

/** Elements of a storage: the one with the indices i, j, … is `offset + i·strides[0] + j·strides[1] + …`. */
class View implements StoredTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  private readonly storage: Storage;
  private readonly offset: number;
  private readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.type = storage.type;
    this.shape = shape;
    this.storage = storage;
    this.offset = offset;
    this.strides = strides;
    const last = shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis]!, offset);
    // An expanded tensor repeats its elements: a small file would become as large as it likes.
    if (elements(shape) > 0 && (last >= storage.count || elements(shape) > storage.count))
      throw new BadTorchFile(`a tensor [${shape.join(', ')}] goes beyond its storage`);
  }

  read(): Tensor {
    const { shape, offset, strides } = this;
    const size = elementBytes[this.type];
    const count = elements(shape);
    const bytes = this.storage.read();
    if (isContiguous(shape, strides))
      return {
        shape,
        data: decodeElements(this.type, bytes.subarray(offset * size, (offset + count) * size)),
      };
    const packed = new Uint8Array(count * size);
    const index = shape.map(() => 0);
    let from = offset;
    for (let to = 0; to < count; to++) {
      packed.set(bytes.subarray(from * size, (from + 1) * size), to * size);
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        from += strides[axis]!;
        if (++index[axis]! < shape[axis]!) break;
        from -= shape[axis]! * strides[axis]!;
        index[axis] = 0;
      }
    }
    return { shape, data: decodeElements(this.type, packed) };
  }
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis]! > 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ByteStorage: 'U8',
};

/** All that a file may ask for. */
function vocabulary(find: FindStorage): Vocabulary {
  const globals = new Map<string, unknown>([
    ['collections.OrderedDict', orderedDict],
    ['torch._utils._rebuild_tensor_v2', rebuildTensor],
    ['torch._utils._rebuild_parameter', rebuildParameter],
  ]);
  for (const [name, type] of Object.entries(storageTypes))
    globals.set(`torch.${name}`, new StorageType(type));
  return {
    globals,
    persistent(id) {
      const [kind, type, key, , count, view] = Array.isArray(id) ? (id as unknown[]) : [];
      if (
        kind !== 'storage' ||
        !(type instanceof StorageType) ||
        typeof key !== 'string' ||
        !isIndex(count) ||
        (view ?? null) !== null
      )
        throw new BadPickle('names a storage in an unknown way');
      return new StorageReference(find(key, type.type, count));
    },
  };
}

/** What `torch.FloatStorage` and its like stand for: they are named and never called. */
class StorageType {
  readonly type: ElementType;

  constructor(type: ElementType) {
    this.type = type;
  }
}

class StorageReference {
  readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }
}

function orderedDict(...values: unknown[]): Map<unknown, unknown> {
  if (values.length > 0) throw new BadPickle('fills an OrderedDict in an unknown way');
  return new Map();
}

/** (storage, offset, shape, strides, requires_grad, hooks …) */
function rebuildTensor(reference: unknown, offset: unknown, shape: unknown, strides: unknown): View {
  if (
    !(reference instanceof StorageReference) ||
    !isIndex(offset) ||
    !areIndices(shape) ||
    !areIndices(strides) ||
    shape.length !== strides.length
  )
    throw new BadPickle('describes a tensor in an unknown way');
  return new View(reference.storage, offset, shape, strides);
}

/** (tensor, requires_grad, hooks) */
function rebuildParameter(tensor: unknown): View {
  if (!(tensor instanceof View)) throw new BadPickle('describes a parameter in an unknown way');
  return tensor;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const areIndices = (value: unknown): value is number[] => Array.isArray(value) && value.every(isIndex);
