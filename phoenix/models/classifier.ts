/**
 * A small convolutional classifier. A run trains it on CIFAR-10 and takes its last hidden layer as the feature space
 * in which generated and real images are compared, and its classes for the class distribution.
 */
import { compile, type Program } from '../engine/compile.ts';
import { tf, type Tensor } from '../engine/backend.ts';
import { gatherRows } from '../engine/gather.ts';
import { gatherImages, imageVariable, randomFlip } from '../engine/images.ts';
import { convolution, dense, within, type Parameters } from '../engine/layers.ts';
import { adamVariables, applyAdam, gradients, initialAdamState } from '../engine/optimizer.ts';
import { Random, type Seed } from '../engine/random.ts';
import type { TensorSpec } from '../engine/trace.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { Experiment } from '../config/schema.ts';
import { classifierParameters } from './classifier-parameters.ts';
import { floatVariables } from './trainer.ts';

export type ClassifierSettings = Experiment['features'];

/** Images whose features are computed at once; it changes no result. */
const FEATURE_BATCH = 250;
const CLASSES = 10;

/** The same interface as the diffusion trainer's, with labels beside the images. */
export class ClassifierTrainer {
  readonly #program: Program;
  readonly #parameters: ReadonlyMap<string, TensorSpec>;
  readonly #learningRate: Float32Array;
  readonly #imageSize: number;

  constructor(settings: ClassifierSettings, imageSize: number) {
    this.#imageSize = imageSize;
    this.#learningRate = Float32Array.of(settings.learningRate);
    this.#parameters = floatVariables(classifierParameters(settings));
    this.#program = compileTraining(settings, imageSize, this.#parameters);
  }

  /** Images uint8 [count, size, size, 3] with their classes, uint8 [count]. */
  setImages(images: Uint8Array, labels: Uint8Array): void {
    const size = this.#imageSize;
    this.#program.set(
      new Map([
        ['images', { shape: [labels.length, size, size, 3], data: images }],
        ['labels', { shape: [labels.length], data: labels }],
      ]),
    );
  }

  load(weights: Tensors, optimizer: Tensors | null): void {
    this.#program.set(weights);
    this.#program.set(optimizer ?? initialAdamState(this.#parameters));
  }

  /** One Adam step; returns the mean cross entropy in nats. */
  step(indices: Int32Array, seed: Seed): number {
    const inputs = { indices, seed: Int32Array.from(seed), learningRate: this.#learningRate };
    return this.#program.run('train', inputs).loss![0]!;
  }

  weights(): Tensors {
    return this.#program.get([...this.#parameters.keys()]);
  }

  optimizer(): Tensors {
    return this.#program.get([...adamVariables(this.#parameters).keys()]);
  }

  dispose(): void {
    this.#program.dispose();
  }
}

export class FeatureExtractor {
  readonly #program: Program;
  readonly #imageSize: number;

  constructor(settings: ClassifierSettings, imageSize: number) {
    this.#imageSize = imageSize;
    this.#program = compileFeatures(settings, imageSize);
  }

  load(weights: Tensors): void {
    this.#program.set(weights);
  }

  /**
   * @param images uint8 [count, size, size, 3]
   * @returns features float32 [count, dimensions] and logits float32 [count, 10]
   */
  features(images: Uint8Array, count: number): { features: Float32Array; logits: Float32Array } {
    const size = this.#imageSize;
    this.#program.set(new Map([['images', { shape: [count, size, size, 3], data: images }]]));
    const parts = { features: [] as Float32Array[], logits: [] as Float32Array[] };
    for (let start = 0; start < count; start += FEATURE_BATCH) {
      const wanted = Math.min(FEATURE_BATCH, count - start);
      // The last batch is filled up with its own first image.
      const indices = Int32Array.from({ length: FEATURE_BATCH }, (_, k) => start + (k < wanted ? k : 0));
      const results = this.#program.run('features', { indices }) as Record<keyof typeof parts, Float32Array>;
      for (const name of ['features', 'logits'] as const) {
        const values = results[name];
        parts[name].push(values.subarray(0, (values.length / FEATURE_BATCH) * wanted));
      }
    }
    return { features: concatenate(parts.features), logits: concatenate(parts.logits) };
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileTraining(
  settings: ClassifierSettings,
  imageSize: number,
  parameters: ReadonlyMap<string, TensorSpec>,
): Program {
  const batch = settings.batchSize;
  return compile({
    variables: new Map<string, TensorSpec>([
      ...parameters,
      ...adamVariables(parameters),
      ['images', imageVariable(imageSize)],
      ['labels', { shape: [-1], dtype: 'uint8' }],
    ]),
    functions: {
      train: {
        inputs: {
          indices: { shape: [batch], dtype: 'int32' },
          seed: { shape: [2], dtype: 'int32' },
          learningRate: { shape: [], dtype: 'float32' },
        },
        body: ({ indices, seed, learningRate }, trace) => {
          const images = randomFlip(
            gatherImages(trace, 'images', indices!, imageSize),
            new Random(trace, seed!),
          );
          const labels = gatherRows(trace, 'labels', indices!, { shape: [batch], dtype: 'int32' });
          const classes = tf.oneHot(labels, CLASSES);
          const weights = new Map([...parameters.keys()].map((name) => [name, trace.read(name)]));
          const result = gradients((p) => {
            const { logits } = classify(images, (name) => p.get(name)!, settings);
            return tf
              .logSoftmax(logits)
              .mul(classes)
              .sum()
              .mul(-1 / batch)
              .asScalar();
          }, weights);
          applyAdam(trace, result.gradients, learningRate!);
          return { loss: result.loss };
        },
      },
    },
  });
}

function compileFeatures(settings: ClassifierSettings, imageSize: number): Program {
  return compile({
    variables: new Map([
      ...floatVariables(classifierParameters(settings)),
      ['images', imageVariable(imageSize)],
    ]),
    functions: {
      features: {
        inputs: { indices: { shape: [FEATURE_BATCH], dtype: 'int32' } },
        body: ({ indices }, trace) => {
          const images = gatherImages(trace, 'images', indices!, imageSize);
          return classify(images, (name) => trace.read(name), settings);
        },
      },
    },
  });
}

/** Strided convolutions, mean over the pixels, one hidden layer (the features), the classes' logits. */
function classify(images: Tensor, p: Parameters, settings: ClassifierSettings) {
  let x = images;
  settings.channels.forEach((_, level) => {
    x = tf.relu(convolution(x, within(p, `conv_${level}`), { stride: level === 0 ? 1 : 2 }));
  });
  const features = tf.relu(dense(x.mean([1, 2]), within(p, 'features')));
  return { features, logits: dense(features, within(p, 'classes')) };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
