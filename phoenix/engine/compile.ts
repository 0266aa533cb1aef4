/**
 * `compile` turns tfjs functions over named variables into one TensorFlow graph. A call of a compiled function is a
 * single session run, where tfjs would make thousands of calls.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binding, type Tensor } from './backend.ts';
import { DATA_TYPE_NUMBERS, Graph, SERVING_TAG, type Values } from './graph.ts';
import type { Precision } from './mixed-precision.ts';
import { Trace, type TensorSpec } from './trace.ts';

export interface FunctionSpec {
  /** An input whose first dimension is −1 takes values of any length there; tfjs' own ops cannot, recorded ones can. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Traced once. Gets the inputs, reads and assigns variables through `trace`, returns the outputs by name. */
  readonly body: (inputs: Readonly<Record<string, Tensor>>, trace: Trace) => Readonly<Record<string, Tensor>>;
}

export interface ProgramSpec {
  /** A variable whose first dimension is −1 takes values of any length there. */
  readonly variables: ReadonlyMap<string, TensorSpec>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  /** Of convolutions and dense layers; float32 unless said otherwise. */
  readonly precision?: Precision;
}

/** A compiled graph with its variables. It owns memory outside the JavaScript heap: call `dispose` when done. */
export class Program {
  readonly #model: number;
  readonly #spec: ProgramSpec;
  readonly #outputs: ReadonlyMap<string, readonly string[]>;

  constructor(model: number, spec: ProgramSpec, outputs: ReadonlyMap<string, readonly string[]>) {
    this.#model = model;
    this.#spec = spec;
    this.#outputs = outputs;
  }

  /** Sets variables. The values are copied. `shape` is needed only for a variable with an open dimension. */
  set(values: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Values }>): void {
    for (const portion of portionsOf(values)) {
      const feeds = portion.map(([name, { shape, data }]) => ({
        node: `set/${name}/value`,
        id: createTensor(this.#checked(name, shape), data),
      }));
      this.#finish(
        feeds,
        portion.map(([name]) => `set/${name}/done`),
      );
    }
  }

  /** Sets every element of a float32 variable of fixed shape to one number, without values outside the graph. */
  fill(values: ReadonlyMap<string, number>): void {
    if (values.size === 0) return; // a session that fetches nothing is an error
    const feeds = [...values].map(([name, value]) => ({
      node: `fill/${name}/value`,
      id: createTensor({ shape: [], dtype: 'float32' }, Float32Array.of(value)),
    }));
    this.#finish(
      feeds,
      [...values.keys()].map((name) => `fill/${name}/done`),
    );
  }

  /** Current values of variables, as copies. */
  get(names: readonly string[]): Map<string, { shape: readonly number[]; data: Values }> {
    const results = this.#session(
      [],
      names.map((name) => `get/${name}`),
    );
    return new Map(names.map((name, k) => [name, { shape: results[k]!.shape, data: take(results[k]!.id) }]));
  }

  /** Runs a function; inputs and outputs are flat, row major. */
  run(name: string, inputs: Readonly<Record<string, Values>>): Record<string, Values> {
    const spec = this.#spec.functions[name];
    const outputs = this.#outputs.get(name);
    if (!spec || !outputs) throw new RangeError(`there is no function ${name} in this program`);
    const feeds = Object.entries(spec.inputs).map(([input, tensor]) => {
      const values = inputs[input];
      if (!values) throw new RangeError(`function ${name} needs the input ${input}`);
      return { node: `${name}/${input}`, id: createTensor(tensor, values) };
    });
    const results = this.#session(
      feeds,
      outputs.map((output) => `${name}/return/${output}`),
    );
    return Object.fromEntries(outputs.map((output, k) => [output, take(results[k]!.id)]));
  }

  /** Frees the graph and its variables. */
  dispose(): void {
    binding.deleteSavedModel(this.#model);
  }

  /** Runs nodes for what they do. */
  #finish(feeds: readonly { node: string; id: number }[], nodes: readonly string[]): void {
    for (const { id } of this.#session(feeds, nodes)) binding.deleteTensor(id);
  }

  #session(feeds: readonly { node: string; id: number }[], fetches: readonly string[]) {
    try {
      return binding.runSavedModel(
        this.#model,
        feeds.map((feed) => feed.id),
        feeds.map((feed) => `${feed.node}:0`).join(),
        fetches.map((fetch) => `${fetch}:0`).join(),
      );
    } finally {
      for (const feed of feeds) binding.deleteTensor(feed.id);
    }
  }

  #checked(name: string, shape: readonly number[]): TensorSpec {
    const spec = this.#spec.variables.get(name);
    const fits =
      spec?.shape.length === shape.length && spec.shape.every((size, k) => size === -1 || size === shape[k]);
    if (!spec || !fits) {
      throw new RangeError(
        `variable ${name} is [${spec?.shape.join() ?? 'unknown'}], the value is [${shape.join()}]`,
      );
    }
    return { shape, dtype: spec.dtype };
  }
}

/** Traces every function and loads the graph. Throws `TraceError` for code that a graph cannot repeat. */
export function compile(spec: ProgramSpec): Program {
  const graph = new Graph();
  const variables = new Map(
    [...spec.variables].map(([name, tensor]) => [name, addVariable(graph, name, tensor)]),
  );
  const outputs = new Map<string, string[]>();
  for (const [name, { inputs, body }] of Object.entries(spec.functions)) {
    const trace = new Trace(graph, name, variables, spec.precision ?? 'float32');
    trace.record(() => {
      const placeholders = Object.entries(inputs).map(([input, tensor]) => [
        input,
        trace.placeholder(input, tensor),
      ]);
      const results = Object.entries(body(Object.fromEntries(placeholders), trace));
      const effects = trace.effects.map((node) => `^${node}`);
      for (const [output, tensor] of results) {
        const type = { T: { type: tensor.dtype as 'float32' | 'int32' } };
        graph.add('Identity', [trace.output(tensor), ...effects], type, `${name}/return/${output}`);
      }
      outputs.set(
        name,
        results.map(([output]) => output),
      );
    });
  }
  return new Program(load(graph), spec, outputs);
}

function addVariable(graph: Graph, name: string, spec: TensorSpec) {
  const dtype = { dtype: { type: spec.dtype } };
  const shared = { container: { s: '' }, shared_name: { s: name } };
  const handle = graph.add(
    'VarHandleOp',
    [],
    { ...dtype, ...shared, shape: { shape: spec.shape } },
    `variable/${name}`,
  );
  graph.add('ReadVariableOp', [handle], dtype, `get/${name}`);
  const value = graph.add('Placeholder', [], { ...dtype, shape: { shape: spec.shape } }, `set/${name}/value`);
  // A fed tensor is JavaScript's own memory. A variable that kept it would be updated in place, and freed on a thread
  // of TensorFlow's, where the addon must not touch the JavaScript engine: the variable gets a copy.
  const copy = graph.add('DeepCopy', [value], { T: { type: spec.dtype } }, `set/${name}/copy`);
  const zero = graph.constant(DATA_TYPE_NUMBERS.int32, [], new Int32Array(1));
  const assign = (from: string, scope: string) => {
    const node = graph.add('AssignVariableOp', [handle, from], dtype, `${scope}/assign`);
    graph.add('Identity', [zero, `^${node}`], { T: { type: 'int32' } }, `${scope}/done`);
  };
  assign(copy, `set/${name}`);
  if (spec.dtype === 'float32' && !spec.shape.includes(-1)) {
    const element = graph.add('Placeholder', [], { ...dtype, shape: { shape: [] } }, `fill/${name}/value`);
    const size = graph.constant(DATA_TYPE_NUMBERS.int32, [spec.shape.length], Int32Array.from(spec.shape));
    const types = { T: { type: spec.dtype }, index_type: { type: 'int32' } } as const;
    assign(graph.add('Fill', [size, element], types, `fill/${name}/filled`), `fill/${name}`);
  }
  return { handle, spec };
}

function load(graph: Graph): number {
  const folder = mkdtempSync(join(tmpdir(), 'phoenix-graph-'));
  try {
    graph.writeSavedModel(folder);
    return binding.loadSavedModel(folder, SERVING_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes that are set at a time: while they are, they exist three times, fed, copied and as the caller's own. */
const PORTION = 32e6;

function portionsOf<T extends { readonly data: Values }>(values: ReadonlyMap<string, T>): [string, T][][] {
  const portions: [string, T][][] = [];
  let room = 0;
  for (const entry of values) {
    if (entry[1].data.byteLength > room) {
      portions.push([]);
      room = PORTION;
    }
    portions.at(-1)!.push(entry);
    room -= entry[1].data.byteLength;
  }
  return portions;
}

function createTensor({ shape, dtype }: TensorSpec, values: Values): number {
  const row = shape.slice(1).reduce((product, size) => product * size, 1);
  const sizes = shape[0] === -1 ? [values.length / row, ...shape.slice(1)] : [...shape];
  return binding.createTensor(sizes, DATA_TYPE_NUMBERS[dtype], values);
}

function take(id: number): Values {
  try {
    return binding.tensorDataSync(id);
  } finally {
    binding.deleteTensor(id);
  }
}
