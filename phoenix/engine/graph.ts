/** A TensorFlow graph under construction, and its serialised form: a SavedModel folder that the addon can load. */
import { createRequire } from 'node:module';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { binding } from './backend.ts';

export type DataType = 'float32' | 'int32' | 'uint8' | 'bool' | 'bfloat16' | 'uint64' | 'float64';
export type Values = Float32Array | Int32Array | Uint8Array;

/** DT_* numbers of tensorflow/core/framework/types.proto. */
export const DATA_TYPE_NUMBERS: Readonly<Record<DataType, number>> = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  bool: 10,
  bfloat16: 14,
  uint64: 23,
};

/** An op attribute, by the field of AttrValue that holds it. */
export type Attribute =
  | { readonly s: string }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: DataType | number }
  | { readonly shape: readonly number[] | 'unknown' }
  | { readonly ints: readonly number[] }
  | {
      readonly tensor: { readonly dtype: number; readonly shape: readonly number[]; readonly values: Values };
    };

export type Attributes = Readonly<Record<string, Attribute>>;

interface Message {
  serializeBinary(): Uint8Array;
  // The generated protobuf classes of tfjs carry no types.
  // oxlint-disable-next-line typescript/no-explicit-any
  [method: string]: (...args: any[]) => any;
}
type MessageClass = new () => Message;
const proto = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as Record<
  'SavedModel' | 'MetaGraphDef' | 'GraphDef' | 'NodeDef' | 'AttrValue' | 'VersionDef' | 'TensorShape',
  MessageClass
> & {
  Tensor: MessageClass;
  AttrValue: MessageClass & { ListValue: MessageClass };
  MetaGraphDef: MessageClass & { MetaInfoDef: MessageClass };
  TensorShape: MessageClass & { Dim: MessageClass };
};

/** GraphDef version whose semantics the recorded ops follow (libtensorflow 2.21 accepts 12 and later). */
const GRAPH_PRODUCER = 1395;
export const SERVING_TAG = 'serve';

export class Graph {
  readonly #nodes: Message[] = [];
  readonly #names = new Set<string>();
  /** By hint, the number to try next: a graph has thousands of nodes of the same one. */
  readonly #numbers = new Map<string, number>();
  readonly #constants = new Map<string, string>();

  /**
   * Adds a node and returns its name, which is also its first output; output k is `name:k`. A name that is taken
   * gets a number. Inputs are outputs of earlier nodes, or `^name` for control edges.
   */
  add(op: string, inputs: readonly string[], attributes: Attributes, hint: string): string {
    const name = this.#freeName(hint);
    const node = new proto.NodeDef();
    node.setName!(name);
    node.setOp!(op);
    node.setInputList!(inputs);
    const map = node.getAttrMap!() as Map<string, Message>;
    for (const [key, attribute] of Object.entries(attributes)) map.set(key, encodeAttribute(attribute));
    this.#nodes.push(node);
    return name;
  }

  #freeName(hint: string): string {
    let number = this.#numbers.get(hint) ?? 1;
    let name = hint;
    for (; this.#names.has(name); number++) name = `${hint}_${number}`;
    this.#numbers.set(hint, number);
    this.#names.add(name);
    return name;
  }

  /** A constant; equal constants share one node. */
  constant(dtype: number, shape: readonly number[], values: Values): string {
    const digest = createHash('sha256').update(bytesOf(values)).digest('hex');
    const key = `${dtype}[${shape.join()}]${digest}`;
    let name = this.#constants.get(key);
    if (name === undefined) {
      name = this.add(
        'Const',
        [],
        { dtype: { type: dtype }, value: { tensor: { dtype, shape, values } } },
        'const',
      );
      this.#constants.set(key, name);
    }
    return name;
  }

  /** Writes `folder` as a SavedModel with the one tag {@link SERVING_TAG}. */
  writeSavedModel(folder: string): void {
    const versions = new proto.VersionDef();
    versions.setProducer!(GRAPH_PRODUCER);
    const graph = new proto.GraphDef();
    graph.setNodeList!(this.#nodes);
    graph.setVersions!(versions);
    const info = new proto.MetaGraphDef.MetaInfoDef();
    info.setTagsList!([SERVING_TAG]);
    const meta = new proto.MetaGraphDef();
    meta.setMetaInfoDef!(info);
    meta.setGraphDef!(graph);
    const model = new proto.SavedModel();
    model.setSavedModelSchemaVersion!(1);
    model.setMetaGraphsList!([meta]);
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/saved_model.pb`, model.serializeBinary());
  }
}

/** Attributes as tfjs hands them to the addon, in the graph's own form. */
export function attributesFromEager(
  attributes: readonly { name: string; type: number; value: unknown }[],
): Attributes {
  return Object.fromEntries(
    attributes.map(({ name, type, value }) => [name, attributeFromEager(name, type, value)]),
  );
}

function attributeFromEager(name: string, type: number, value: unknown): Attribute {
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { s: value as string };
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? { ints: value as number[] } : { i: value as number };
    case binding.TF_ATTR_FLOAT:
      return { f: value as number };
    case binding.TF_ATTR_BOOL:
      return { b: value as boolean };
    case binding.TF_ATTR_TYPE:
      return { type: value as number };
    case binding.TF_ATTR_SHAPE:
      return { shape: value as number[] };
    default:
      throw new TypeError(`attribute ${name} has a type that cannot be written into a graph: ${type}`);
  }
}

function encodeAttribute(attribute: Attribute): Message {
  const message = new proto.AttrValue();
  if ('s' in attribute) message.setS!(Buffer.from(attribute.s));
  else if ('i' in attribute) message.setI!(attribute.i);
  else if ('f' in attribute) message.setF!(attribute.f);
  else if ('b' in attribute) message.setB!(attribute.b);
  else if ('type' in attribute) message.setType!(typeNumber(attribute.type));
  else if ('shape' in attribute) message.setShape!(encodeShape(attribute.shape));
  else if ('ints' in attribute) {
    const list = new proto.AttrValue.ListValue();
    list.setIList!(attribute.ints);
    message.setList!(list);
  } else message.setTensor!(encodeTensor(attribute.tensor));
  return message;
}

function encodeTensor({
  dtype,
  shape,
  values,
}: {
  dtype: number;
  shape: readonly number[];
  values: Values;
}): Message {
  const tensor = new proto.Tensor();
  tensor.setDtype!(dtype);
  tensor.setTensorShape!(encodeShape(shape));
  // One value stands for all where they are equal: TensorProto repeats the last one up to the shape's size.
  const uniform = values.length > 1 && values.every((value) => Object.is(value, values[0]));
  if (uniform && values instanceof Float32Array) tensor.setFloatValList!([values[0]]);
  else tensor.setTensorContent!(bytesOf(values).slice());
  return tensor;
}

function encodeShape(shape: readonly number[] | 'unknown'): Message {
  const message = new proto.TensorShape();
  if (shape === 'unknown') {
    message.setUnknownRank!(true);
    return message;
  }
  for (const size of shape) {
    const dimension = new proto.TensorShape.Dim();
    dimension.setSize!(size);
    message.addDim!(dimension);
  }
  return message;
}

function typeNumber(type: DataType | number): number {
  return typeof type === 'number' ? type : DATA_TYPE_NUMBERS[type];
}

function bytesOf(values: Values): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
