/**
 * The graph behind `Distances`: lower bounds on squared distances, less the queries' own lengths, with the sign that
 * makes the nearest the largest. References lie in tiles, whose products run side by side.
 */
import { compile, type FunctionSpec, type Program } from './compile.ts';
import type { Tensor } from './backend.ts';
import type { TensorSpec, Trace } from './trace.ts';

const FLOAT = { type: 'float32' } as const;
/** DT_INT64, which `Where` gives; nothing of it leaves the graph. */
const INT64 = { type: 9 } as const;

/**
 * Variables of tile t with m references: `points{t}` [m, dimensions], `offsets{t}` [m], added to the products, and `radii{t}` [m].
 * Both functions are fed `points` [block, dimensions], twice the queries.
 *
 * - `candidates`, with `count{t}`: the largest of each query and tile, `values{t}` and `indices{t}` [block, count{t}].
 * - `near`, with `references` and `own` [block, 1]: `places{t}` [pairs, 2] and `values{t}` [pairs] of the pairs whose value reaches
 *   `references` once the reference's radius is added to it, or reaches `own` without.
 */
export function compileDistances(block: number, tiles: readonly number[], dimensions: number): Program {
  const points = float(block, dimensions);
  const perTile = <T>(each: (size: number, tile: number) => readonly [string, T][]) =>
    Object.fromEntries(tiles.flatMap(each));

  const variables = perTile<TensorSpec>((size, t) => [
    [`points${t}`, float(size, dimensions)],
    [`offsets${t}`, float(size)],
    [`radii${t}`, float(size)],
  ]);
  const candidates: FunctionSpec = {
    inputs: { points, ...perTile<TensorSpec>((_, t) => [[`count${t}`, { shape: [], dtype: 'int32' }]]) },
    body: (inputs, trace) =>
      perTile<Tensor>((_, t) => {
        const count = trace.output(inputs[`count${t}`]!);
        const attributes = { T: FLOAT, sorted: { b: true } };
        const top = trace.node('TopKV2', [bounds(trace, inputs['points']!, t), count], attributes);
        return [
          [`values${t}`, ofAnySize(trace, top, 'float32')],
          [`indices${t}`, ofAnySize(trace, `${top}:1`, 'int32')],
        ];
      }),
  };
  const near: FunctionSpec = {
    inputs: { points, references: float(block, 1), own: float(block, 1) },
    body: (inputs, trace) =>
      perTile<Tensor>((_, t) => {
        const reaches = (values: string, least: Tensor) =>
          trace.node('GreaterEqual', [values, trace.output(least)], { T: FLOAT });
        const values = bounds(trace, inputs['points']!, t);
        const widened = addToColumns(trace, values, `radii${t}`);
        const either = [reaches(widened, inputs['references']!), reaches(values, inputs['own']!)];
        const where = trace.node('Where', [trace.node('LogicalOr', either, {})], { T: { type: 'bool' } });
        const types = { SrcT: INT64, DstT: { type: 'int32' }, Truncate: { b: false } } as const;
        const found = trace.node('GatherNd', [values, where], { Tparams: FLOAT, Tindices: INT64 });
        return [
          [`places${t}`, ofAnySize(trace, trace.node('Cast', [where], types), 'int32')],
          [`values${t}`, ofAnySize(trace, found, 'float32')],
        ];
      }),
  };
  return compile({ variables: new Map(Object.entries(variables)), functions: { candidates, near } });
}

const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** 2·q·r + offset: [block, tile]. */
function bounds(trace: Trace, points: Tensor, tile: number): string {
  const product = trace.node('MatMul', [trace.output(points), trace.output(trace.read(`points${tile}`))], {
    T: FLOAT,
    transpose_a: { b: false },
    transpose_b: { b: true },
  });
  return addToColumns(trace, product, `offsets${tile}`);
}

const addToColumns = (trace: Trace, matrix: string, variable: string): string =>
  trace.node('BiasAdd', [matrix, trace.output(trace.read(variable))], {
    T: FLOAT,
    data_format: { s: 'NHWC' },
  });

/** An output whose size only values decide, so that none is stated. */
const ofAnySize = (trace: Trace, output: string, dtype: 'float32' | 'int32'): Tensor =>
  trace.standIn(output, { shape: [0], dtype });
