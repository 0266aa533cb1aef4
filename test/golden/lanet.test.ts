/** LaNet against its PyTorch original, with weights and images by formula. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Tensor } from '../../phoenix/engine/backend.ts';
import { inferenceBatchNorm } from '../../phoenix/engine/batch-norm.ts';
import { compile } from '../../phoenix/engine/compile.ts';
import type { Parameters } from '../../phoenix/engine/layers.ts';
import { fromPyTorch, pyTorchShape } from '../../phoenix/models/diffusers/layout.ts';
import { LANET_ARCHITECTURE, lanetGenotype } from '../../phoenix/models/lanet-genotype.ts';
import { lanetParameters } from '../../phoenix/models/lanet-parameters.ts';
import { lanet, LANET_DEVIATION, LANET_MEAN, lanetNetwork, normalise } from '../../phoenix/models/lanet.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { fingerprint, type Fingerprint } from '../helpers/fingerprint.ts';
import {
  formulaPixels,
  formulaWeights,
  sha256Of,
  type FormulaImage,
  type FormulaWeights,
} from '../helpers/formula-weights.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

type Position = readonly [channel: number, row: number, column: number];
interface Golden {
  readonly arch: number[];
  readonly genotype: { readonly ops: [string, number][]; readonly concat: number[] };
  readonly parameters: { readonly all: number };
  readonly mean: number[];
  readonly std: number[];
  readonly weights: FormulaWeights;
  readonly positions: Position[];
  readonly images: (FormulaImage & {
    readonly pixels: JsonArray;
    readonly normalised: JsonArray;
    readonly stages: Record<string, Fingerprint & { readonly shape: number[] }>;
    readonly pooled: JsonArray;
    readonly logits: JsonArray;
    readonly auxiliary_logits: JsonArray;
  })[];
}

const SIZE = 32;
const TOLERANCE = 1e-5;

const golden = goldenJson<Golden>('lanet.json');
const { images } = golden;
const shapes = new Map(golden.weights.state_dict);
const original = formulaWeights(golden.weights, gain);
const weights = new Map(
  [...original].map(([name, tensor]) => {
    // A depthwise kernel's lone input channel becomes its lone multiplier: the same numbers in the same order.
    const { data } = fromPyTorch(tensor);
    return [name, { shape: lanetParameters.get(name)!, data }];
  }),
);
const pixels = images.map((image) => formulaPixels(image, golden.weights.seed));

test('parameters have the names and shapes of the original', () => {
  const inOriginal = (shape: readonly number[]) => {
    const [outputs, inputs, ...kernel] = pyTorchShape(shape) as [number, number, ...number[]];
    return outputs === 1 ? [inputs, outputs, ...kernel] : [outputs, inputs, ...kernel];
  };
  const described = (all: Iterable<readonly [string, readonly number[]]>) =>
    [...all].map(([name, shape]) => `${name} ${shape.join()}`).sort();
  expect(
    described(
      [...lanetParameters].map(([name, shape]) => [name, shape.length < 2 ? shape : inOriginal(shape)]),
    ),
  ).toEqual(described([...original].map(([name, { shape }]) => [name, shape])));
  const learnt = [...lanetParameters].filter(([name]) => !name.includes('.running_'));
  const elements = learnt.reduce((sum, [, shape]) => sum + shape.reduce((size, side) => size * side, 1), 0);
  expect(elements).toBe(golden.parameters.all);
});

test('the cell is that of the architecture', () => {
  expect(LANET_ARCHITECTURE).toEqual(golden.arch);
  expect(lanetGenotype).toEqual({ edges: golden.genotype.ops, outputs: golden.genotype.concat });
});

test('weights and images by formula are exact', () => {
  for (const { name, index, value } of golden.weights.values)
    expect(original.get(name)!.data[index], name).toBe(Math.fround(value));
  expect(sha256Of(original)).toBe(golden.weights.sha256);
  images.forEach((image, k) => expect([...pixels[k]!]).toEqual(image.pixels.data));
});

describe('every stage', () => {
  const { program, stages } = compileStages();
  afterAll(() => program.dispose());
  program.set(weights);
  const values = program.run('all', { images: Float32Array.from(pixels.flatMap((image) => [...image])) });
  const ofImage = (name: string, image: number) => {
    const size = values[name]!.length / images.length;
    return values[name]!.subarray(image * size, (image + 1) * size);
  };

  test('images are normalised by the same constants', () => {
    expect([LANET_MEAN, LANET_DEVIATION]).toEqual([golden.mean, golden.std]);
    images.forEach(({ normalised }, k) => {
      const input = ofImage('normalised', k);
      const got = golden.positions.map(
        ([channel, row, column]) => input[(channel * SIZE + row) * SIZE + column]!,
      );
      expect(relativeError(got, normalised.data)).toBeLessThan(TOLERANCE);
    });
  });

  test.each([...images.keys()])('image %d: the stem and all cells', (k) => {
    const wanted = Object.entries(images[k]!.stages);
    expect(wanted.map(([stage]) => stage)).toEqual([...stages.keys()]);
    for (const [stage, want] of wanted) {
      expect(stages.get(stage), stage).toEqual(want.shape);
      const got = fingerprint(ofImage(stage, k));
      expect(got.n).toBe(want.n);
      expect(Math.abs(got.l2 / want.l2 - 1), `l2 of ${stage}`).toBeLessThan(TOLERANCE);
      const sum = Math.abs(got.sum - want.sum) / want.l2 / Math.sqrt(want.n);
      expect(sum, `sum of ${stage}`).toBeLessThan(TOLERANCE);
      expect(Math.abs(got.dot - want.dot) / want.l2, `dot of ${stage}`).toBeLessThan(10 * TOLERANCE);
    }
  });

  test.each([...images.keys()])('image %d: pooled features and the logits of both heads', (k) => {
    const { pooled, logits, auxiliary_logits } = images[k]!;
    expect(relativeError(ofImage('pooled', k), pooled.data)).toBeLessThan(TOLERANCE);
    expect(relativeError(ofImage('logits', k), logits.data)).toBeLessThan(TOLERANCE);
    expect(relativeError(ofImage('auxiliaryLogits', k), auxiliary_logits.data)).toBeLessThan(TOLERANCE);
  });
});

/**
 * Function `all`: normalised images, stages, pooled features and the logits of both heads, with channels before rows
 * and columns. Also the shape of an image in each stage.
 */
function compileStages() {
  const stages = new Map<string, number[]>();
  const channelsFirst = (x: Tensor) => x.transpose([0, 3, 1, 2]);
  const program = compile({
    variables: floatVariables(lanetParameters),
    functions: {
      all: {
        inputs: { images: { shape: [images.length, SIZE, SIZE, 3], dtype: 'float32' } },
        body: (inputs, trace) => {
          const normalised = normalise(inputs.images!);
          const p: Parameters = (name) => trace.read(name);
          const outputs = lanet(normalised, { p, batchNorm: inferenceBatchNorm(trace), trace });
          const asMetricsGetThem = lanetNetwork.forward(inputs.images!, p, trace);
          const inGolden = [...outputs.stages].map(([name, value]) => {
            const stage = name.replace('cells.', 'cell');
            const transposed = channelsFirst(value);
            stages.set(stage, transposed.shape.slice(1));
            return [stage, transposed] as const;
          });
          return {
            ...Object.fromEntries(inGolden),
            normalised: channelsFirst(normalised),
            pooled: asMetricsGetThem.taps.get('pooled')!,
            logits: asMetricsGetThem.logits,
            auxiliaryLogits: outputs.auxiliaryLogits,
          };
        },
      },
    },
  });
  return { program, stages };
}

/** Batch norms behind a standardised convolution undo most of its unit variance, as trained ones would. */
function gain(name: string): number {
  const [, operations, k] = /^(.*\.op)\.(\d+)\.weight$/.exec(name) ?? [];
  return operations ? 0.8 / Math.sqrt(shapes.get(`${operations}.${Number(k) - 1}.weight`)![1]!) : 1;
}

/** Largest difference, in units of the largest wanted value. */
function relativeError(got: ArrayLike<number>, want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  const differences = want.map((value, k) => Math.abs(got[k]! - value));
  return Math.max(...differences) / Math.max(...want.map(Math.abs));
}
