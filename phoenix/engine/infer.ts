/**
 * Shapes and types of an op's results, for tracing. libtensorflow knows the rule of each op, but the addon has no way
 * to ask; so the op runs once, on zeros, and what comes out is remembered by what went in. A network repeats few
 * distinct calls, so this costs about one call of each.
 */
import { binding } from './backend.ts';
import { DATA_TYPE_NUMBERS, type Values } from './graph.ts';
import { TraceError } from './trace-error.ts';

type Attributes = Parameters<typeof binding.executeOp>[1];

/** What an op is given: a constant, whose values may decide a shape, or something without values. */
export interface Operand {
  readonly shape: readonly number[];
  /** DT_* number. */
  readonly dtype: number;
  readonly constant: { readonly id: number; readonly values: Values } | null;
}

export interface Inferred {
  readonly shape: readonly number[];
  readonly dtype: number;
}

const known = new Map<string, readonly Inferred[]>();

/** @throws TraceError where a shape depends on values that are not constants */
export function inferOutputs(
  op: string,
  attributes: Attributes,
  operands: readonly Operand[],
  count: number,
): readonly Inferred[] {
  checkShapes(op, operands);
  const key = JSON.stringify([op, attributes, operands.map(signature), count]);
  let outputs = known.get(key);
  if (!outputs) known.set(key, (outputs = probe(op, attributes, operands, count)));
  return outputs;
}

/** Whole numbers may be shapes, axes or paddings; other constants count by their shape alone. */
function signature({ shape, dtype, constant }: Operand) {
  const decides = constant !== null && dtype === DATA_TYPE_NUMBERS.int32;
  return [shape, dtype, decides ? [...constant.values] : null];
}

function probe(
  op: string,
  attributes: Attributes,
  operands: readonly Operand[],
  count: number,
): readonly Inferred[] {
  const zeros: number[] = [];
  try {
    const ids = operands.map((operand) => {
      if (operand.constant) return operand.constant.id;
      zeros.push(createZeros(op, operand));
      return zeros.at(-1)!;
    });
    return binding.executeOp(op, attributes, ids, count).map(({ id, shape, dtype }) => {
      binding.deleteTensor(id);
      return { shape, dtype };
    });
  } finally {
    for (const id of zeros) binding.deleteTensor(id);
  }
}

function createZeros(op: string, { shape, dtype }: Operand): number {
  const size = shape.reduce((product, n) => product * n, 1);
  switch (dtype) {
    case DATA_TYPE_NUMBERS.float32:
      return binding.createTensor([...shape], dtype, new Float32Array(size));
    case DATA_TYPE_NUMBERS.int32:
      return binding.createTensor([...shape], dtype, new Int32Array(size));
    case DATA_TYPE_NUMBERS.bool:
      return binding.createTensor([...shape], dtype, new Uint8Array(size));
    default:
      throw new TraceError(`${op} cannot be traced on tensors of type ${dtype}`);
  }
}

/** Ops whose results have a size that only the values of their inputs decide. */
const SIZED_BY_VALUES = new Set(['Where', 'Unique', 'UniqueV2', 'ListDiff', 'NonMaxSuppressionV3']);

/** Which inputs of an op are shapes, sizes or axes: a graph of fixed shapes needs them as constants. */
const SHAPE_OPERANDS: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Fill: [0],
  BroadcastTo: [1],
  Tile: [1],
  Pad: [1],
  PadV2: [1],
  MirrorPad: [1],
  Slice: [1, 2],
  StridedSlice: [1, 2, 3],
  Range: [0, 1, 2],
  OneHot: [1],
  ResizeBilinear: [1],
  ResizeNearestNeighbor: [1],
  Conv2DBackpropInput: [0],
  Conv2DBackpropFilter: [1],
};

function checkShapes(op: string, operands: readonly Operand[]): void {
  const open = (SHAPE_OPERANDS[op] ?? []).some((k) => operands[k]?.constant === null);
  if (open || SIZED_BY_VALUES.has(op)) {
    throw new TraceError(`the shape of what ${op} gives depends on values: a graph has fixed shapes`);
  }
}
