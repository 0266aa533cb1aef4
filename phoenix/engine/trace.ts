/**
 * Tracing: tfjs code runs once, with no values, while every op it hands to libtensorflow is written down as a graph
 * node.
 *
 * tfjs' Node backend reaches libtensorflow only through `backend.binding`. For the time of a trace that binding is
 * replaced by one that records. tfjs needs to know no more of a result than its shape and type, and `inferOutputs`
 * finds these, so layers, losses and the gradient tape need no change to be recorded, and nothing of their size is
 * held in memory.
 */
import { backend, binding, tf, type Tensor } from './backend.ts';
import {
  attributesFromEager,
  DATA_TYPE_NUMBERS,
  type Attributes,
  type DataType,
  type Graph,
  type Values,
} from './graph.ts';
import { inferOutputs, type Operand } from './infer.ts';
import { BfloatProducts, type Precision } from './mixed-precision.ts';
import { TraceError } from './trace-error.ts';

/** Shape and type of a tensor at a graph's border. uint8 tensors exist only inside the graph. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** One function being recorded into a graph. Variables are shared by all functions of the graph. */
export class Trace {
  readonly #graph: Graph;
  readonly #scope: string;
  readonly #handles: ReadonlyMap<string, { handle: string; spec: TensorSpec }>;
  /** Tensors of this trace, by the handle tfjs knows them by: constants have the addon's, all others negative ones. */
  readonly #tensors = new Map<number, Operand & { readonly output: string }>();
  readonly #reads = new Map<string, string>();
  readonly #effects: string[] = [];
  readonly #precision: Precision;

  constructor(
    graph: Graph,
    scope: string,
    variables: ReadonlyMap<string, { handle: string; spec: TensorSpec }>,
    precision: Precision,
  ) {
    this.#graph = graph;
    this.#scope = scope;
    this.#handles = variables;
    this.#precision = precision;
  }

  /** Nodes that must run although no output depends on their values: assignments and optimiser updates. */
  get effects(): readonly string[] {
    return this.#effects;
  }

  /** Runs `body` with recording on; everything it leaves behind is freed, only the graph stays. */
  record(body: () => void): void {
    backend.binding = this.#recordingBinding();
    try {
      tf.tidy(body);
    } finally {
      backend.binding = binding;
    }
  }

  /** A fed input. */
  placeholder(name: string, spec: TensorSpec): Tensor {
    const node = this.#graph.add(
      'Placeholder',
      [],
      { dtype: { type: spec.dtype }, shape: { shape: spec.shape } },
      `${this.#scope}/${name}`,
    );
    return this.standIn(node, spec);
  }

  /** The value of a variable as it is when the function starts. */
  read(name: string): Tensor {
    const { handle, spec } = this.#variable(name);
    let output = this.#reads.get(name);
    if (output === undefined) {
      output = this.node('ReadVariableOp', [handle], { dtype: { type: spec.dtype } });
      this.#reads.set(name, output);
    }
    return this.standIn(output, spec); // each time anew, for tfjs may have freed the last one
  }

  /** Writes `value` into a variable at the end of the function. */
  assign(name: string, value: Tensor): void {
    const { handle, spec } = this.#variable(name);
    this.effect('AssignVariableOp', [handle, this.output(value)], { dtype: { type: spec.dtype } });
  }

  /** Resource handle of a variable, for ops that update it in place. */
  handle(name: string): string {
    return this.#variable(name).handle;
  }

  /** The same tensor, for ops that shall not run before `first` is there. */
  after(tensor: Tensor, first: Tensor): Tensor {
    const spec = { shape: tensor.shape, dtype: tensor.dtype as DataType };
    const inputs = [this.output(tensor), `^${this.output(first).split(':')[0]}`];
    return this.standIn(this.node('Identity', inputs, { T: { type: spec.dtype } }), spec);
  }

  /** Adds an op that is only recorded: for those tfjs does not know. Returns the node's name, its first output. */
  node(op: string, inputs: readonly string[], attributes: Attributes): string {
    return this.#graph.add(op, inputs, attributes, `${this.#scope}/${op}`);
  }

  /** The same for an op without a result of interest that must run. Returns its name, for control edges. */
  effect(op: string, inputs: readonly string[], attributes: Attributes): string {
    const node = this.node(op, inputs, attributes);
    this.#effects.push(node);
    return node;
  }

  /** The graph output behind a tensor made during this trace. */
  output(tensor: Tensor): string {
    const ids = (backend as unknown as { getInputTensorIds(tensors: Tensor[]): number[] }).getInputTensorIds([
      tensor,
    ]);
    return this.#known(ids[0]!).output;
  }

  /** A tensor for a recorded node's output, so that tfjs code can go on with it. */
  standIn(output: string, { shape, dtype }: TensorSpec): Tensor {
    // tfjs has no small integers: it may pass them on, not compute with them.
    return this.#abstract(output, shape, DATA_TYPE_NUMBERS[dtype === 'uint8' ? 'int32' : dtype]);
  }

  #abstract(output: string, shape: readonly number[], dtype: number): Tensor {
    const id = this.#remember(output, shape, dtype);
    return backend.createOutputTensor({ id, shape: [...shape], dtype });
  }

  #remember(output: string, shape: readonly number[], dtype: number): number {
    const id = -1 - this.#tensors.size; // tfjs leaves tensors with a negative handle alone when it frees them
    this.#tensors.set(id, { output, shape, dtype, constant: null });
    return id;
  }

  #variable(name: string): { handle: string; spec: TensorSpec } {
    const variable = this.#handles.get(name);
    if (!variable) throw new TraceError(`there is no variable ${name} in this graph`);
    return variable;
  }

  #known(id: number) {
    const tensor = this.#tensors.get(id);
    if (!tensor) {
      throw new TraceError(
        'a tensor made before the trace was used in it: pass it as an input or a variable',
      );
    }
    return tensor;
  }

  #recordingBinding(): typeof binding {
    const add = this.node.bind(this);
    const record = this.#precision === 'bfloat16' ? new BfloatProducts(add).record : add;
    const executeOp: typeof binding.executeOp = (op, attributes, ids, count) => {
      const operands = ids.map((id) => this.#known(id));
      const results = inferOutputs(op, attributes, operands, count);
      const inputs = operands.map(({ output }) => output);
      const node = record(op, inputs, {
        ...attributesFromEager(attributes),
        ...listLengths(op, inputs.length),
      });
      return results.map(({ shape, dtype }, k) => {
        const id = this.#remember(k === 0 ? node : `${node}:${k}`, shape, dtype);
        return { id, shape: [...shape], dtype };
      });
    };
    const createTensor: typeof binding.createTensor = (shape, dtype, values) => {
      const id = binding.createTensor(shape, dtype, values);
      const constant = constantValues(values, dtype);
      const output = this.#graph.constant(dtype, shape, constant);
      this.#tensors.set(id, { output, shape, dtype, constant: { id, values: constant } });
      return id;
    };
    const tensorDataSync = (): never => {
      throw new TraceError('the value of a tensor was read while tracing: a graph has no values yet');
    };
    // The addon's object is frozen, so a proxy over it may not answer differently: this one is over an empty object.
    const overrides: Record<PropertyKey, unknown> = { executeOp, createTensor, tensorDataSync };
    return new Proxy({} as typeof binding, {
      get: (_, key) => {
        const value: unknown = overrides[key] ?? binding[key as keyof typeof binding];
        return typeof value === 'function' ? value.bind(binding) : value;
      },
    });
  }
}

/** Lengths of list inputs, which eager execution counts by itself and a graph has to state. */
function listLengths(op: string, inputs: number): Attributes {
  switch (op) {
    case 'ConcatV2':
      return { N: { i: inputs - 1 } };
    case 'Pack':
    case 'AddN':
      return { N: { i: inputs } };
    default:
      return {};
  }
}

function constantValues(values: unknown, dtype: number): Values {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)
    return values;
  if (dtype === DATA_TYPE_NUMBERS.float32) return Float32Array.from(values as number[]);
  if (dtype === DATA_TYPE_NUMBERS.int32) return Int32Array.from(values as number[]);
  if (dtype === DATA_TYPE_NUMBERS.bool) return Uint8Array.from(values as number[]);
  throw new TraceError(`a constant of type ${dtype} cannot be written into a graph`);
}
