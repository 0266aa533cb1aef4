/** What the pickle in a file of `torch.save` describes: tensors as views of storages. It may ask for nothing else. */
import { BadPickle } from './pickle-bytes.ts';
import type { Vocabulary } from './pickle.ts';
import { elements, type Tensor } from './safetensors.ts';
import { decodeElements, elementBytes, type ElementType, type StoredTensor } from './stored-tensor.ts';

/** Damaged, or without the tensors that are asked for. */
export class BadTorchFile extends Error {
  override readonly name = 'BadTorchFile';
}

export interface Storage {
  readonly type: ElementType;
  /** Number of elements. */
  readonly count: number;
  read(): Uint8Array;
}

type FindStorage = (key: string, type: ElementType, count: number) => Storage;

/** Elements of a storage: the one with the indices i, j, … is `offset + i·strides[0] + j·strides[1] + …`. */
export class View implements StoredTensor {
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
export function vocabulary(find: FindStorage): Vocabulary {
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
