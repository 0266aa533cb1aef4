/** The Inception V3 network of FID against torch-fidelity's, on weights and images by formula. */
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../phoenix/engine/backend.ts';
import { compile } from '../../phoenix/engine/compile.ts';
import { fromPyTorch } from '../../phoenix/models/diffusers/layout.ts';
import { FeatureExtractor } from '../../phoenix/models/feature-extractor.ts';
import { inceptionParameters } from '../../phoenix/models/inception-parameters.ts';
import { inception, inceptionNetwork, normalise, resize } from '../../phoenix/models/inception.ts';
import { floatVariables } from '../../phoenix/models/training.ts';
import { fingerprint, fingerprintGap, type Fingerprint } from '../helpers/fingerprint.ts';
import {
  formulaPixels,
  formulaWeights,
  sha256Of,
  type FormulaImage,
  type FormulaWeights,
} from '../helpers/formula-weights.ts';
import { goldenJson, type JsonArray } from '../helpers/golden.ts';

interface Golden {
  readonly weights: FormulaWeights;
  /** [channel, row, column] of the pixels whose values are given after the resize. */
  readonly positions: readonly (readonly [number, number, number])[];
  readonly images: readonly GoldenImage[];
}

interface GoldenImage extends FormulaImage {
  readonly pixels: { readonly data: readonly number[] };
  readonly resized: JsonArray;
  readonly resized_fingerprint: Fingerprint;
  readonly normalised: JsonArray;
  readonly normalised_fingerprint: Fingerprint;
  readonly taps: Readonly<Record<string, JsonArray & { readonly fingerprint?: Fingerprint }>>;
}

/** torch-fidelity's own float32 run is up to 3.1e-7 away from the float64 run that the reference was taken from. */
const TOLERANCE = 1e-5;

const golden = goldenJson<Golden>('inception.json');
const { seed } = golden.weights;
const original = formulaWeights(golden.weights);
const weights = new Map([...original].map(([name, tensor]) => [name, fromPyTorch(tensor)]));

describe('weights and images by formula', () => {
  test('weights are those of the reference', () => {
    const elements = [...original.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(elements).toBe(golden.weights.elements);
    for (const { name, index, value } of golden.weights.values)
      expect(original.get(name)!.data[index], name).toBe(Math.fround(value));
    expect(sha256Of(original)).toBe(golden.weights.sha256);
  });

  test.each(golden.images)('pixels of $name', (image) => {
    expect([...formulaPixels(image, seed)]).toEqual(image.pixels.data);
  });
});

test('parameters have the names and shapes of the state dict', () => {
  const shapes = [...weights].map(([name, { shape }]) => `${name} ${shape.join()}`);
  expect([...inceptionParameters].map(([name, shape]) => `${name} ${shape.join()}`).sort()).toEqual(
    shapes.sort(),
  );
});

describe.each(golden.images)('$name, $height × $width', (image) => {
  const got = everyOutput(image);

  test('resized and normalised', () => {
    const [resized, normalised] = [got.resized!, got.normalised!];
    const at = (values: ArrayLike<number>) =>
      golden.positions.map(([channel, row, column]) => values[(channel * 299 + row) * 299 + column]!);
    expect(largestDifference(at(resized), image.resized)).toBeLessThan(1e-3);
    expect(largestDifference(at(normalised), image.normalised)).toBeLessThan(1e-3 / 128);
    expect(fingerprintGap(fingerprint(resized), image.resized_fingerprint)).toBeLessThan(1e-7);
    expect(fingerprintGap(fingerprint(normalised), image.normalised_fingerprint)).toBeLessThan(1e-7);
  });

  test('taps and logits', () => {
    expect(Object.keys(image.taps).sort()).toEqual(
      [...inceptionNetwork.taps.keys(), 'logits', 'logits_unbiased'].sort(),
    );
    for (const [tap, want] of Object.entries(image.taps)) {
      expect(relativeGap(got[tap]!, want), tap).toBeLessThan(TOLERANCE);
      if (want.fingerprint)
        expect(fingerprintGap(fingerprint(got[tap]!), want.fingerprint), tap).toBeLessThan(TOLERANCE);
    }
  });
});

const squares = golden.images.filter(({ height, width }) => height === width);

test.each([...new Set(squares.map(({ height }) => height))])('a batch of squares with side %i', (size) => {
  const images = squares.filter(({ height }) => height === size);
  const extractor = new FeatureExtractor(inceptionNetwork, size);
  extractor.load(weights);
  const pixels = Uint8Array.from(images.flatMap((image) => [...formulaPixels(image, seed)]));
  const { taps, logits } = extractor.features(pixels, images.length);
  extractor.dispose();
  const row = (values: Float32Array, k: number, columns: number) =>
    values.subarray(k * columns, (k + 1) * columns);
  images.forEach((image, k) => {
    for (const [tap, columns] of inceptionNetwork.taps)
      expect(relativeGap(row(taps.get(tap)!, k, columns), image.taps[tap]!), tap).toBeLessThan(TOLERANCE);
    const ofImage = row(logits, k, inceptionNetwork.classes);
    expect(relativeGap(ofImage, image.taps['logits_unbiased']!)).toBeLessThan(TOLERANCE);
  });
});

/** What the network makes of one image, by the reference's names; pixels are [channel, row, column]. */
function everyOutput(image: GoldenImage) {
  const program = compile({
    variables: floatVariables(inceptionParameters),
    functions: {
      features: {
        inputs: { image: { shape: [1, image.height, image.width, 3], dtype: 'float32' } },
        body: (inputs, trace) => {
          const resized = resize(inputs.image!);
          const normalised = normalise(resized);
          const { taps, logitsUnbiased, logits } = inception(normalised, (name) => trace.read(name), trace);
          const channelsFirst = (x: Tensor) => x.transpose([0, 3, 1, 2]);
          return {
            resized: channelsFirst(resized),
            normalised: channelsFirst(normalised),
            ...Object.fromEntries(taps),
            logits_unbiased: logitsUnbiased,
            logits,
          };
        },
      },
    },
  });
  program.set(weights);
  const outputs = program.run('features', { image: Float32Array.from(formulaPixels(image, seed)) });
  program.dispose();
  return outputs;
}

/** Of the elements that the reference gives, which are the first. */
const largestDifference = (got: ArrayLike<number>, { data }: JsonArray): number =>
  Math.max(...data.map((value, k) => Math.abs(value - got[k]!)));

/** Their largest difference, over the largest of them. */
const relativeGap = (got: ArrayLike<number>, want: JsonArray): number =>
  largestDifference(got, want) / Math.max(...want.data.map(Math.abs));
