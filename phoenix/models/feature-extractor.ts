/** Features and logits of images, from a trained classifier. */
import { compile, type Program } from '../engine/compile.ts';
import { tf } from '../engine/backend.ts';
import { gatherImages, imageVariable } from '../engine/images.ts';
import { shardsOf } from '../engine/shards.ts';
import type { Tensors } from '../storage/safetensors.ts';
import { classifierParameters } from './classifier-parameters.ts';
import { classify, type ClassifierSettings } from './classifier.ts';
import { floatVariables } from './training.ts';

/** Images whose features are computed at once; it changes no result. */
const FEATURE_BATCH = 250;

export class FeatureExtractor {
  readonly #program: Program;
  readonly #imageSize: number;
  readonly #dimensions: number;
  readonly #classes: number;

  constructor(settings: ClassifierSettings, imageSize: number, classes: number) {
    this.#imageSize = imageSize;
    this.#dimensions = settings.dimensions;
    this.#classes = classes;
    this.#program = compileFeatures(settings, imageSize, classes);
  }

  load(weights: Tensors): void {
    this.#program.set(weights);
  }

  /**
   * @param images uint8 [count, size, size, 3]
   * @returns features float32 [count, dimensions] and logits float32 [count, classes]
   */
  features(images: Uint8Array, count: number): { features: Float32Array; logits: Float32Array } {
    const size = this.#imageSize;
    this.#program.set(new Map([['images', { shape: [count, size, size, 3], data: images }]]));
    const features = new Float32Array(count * this.#dimensions);
    const logits = new Float32Array(count * this.#classes);
    for (let start = 0; start < count; start += FEATURE_BATCH) {
      const wanted = Math.min(FEATURE_BATCH, count - start);
      // The last batch is filled up with its own first image.
      const indices = Int32Array.from({ length: FEATURE_BATCH }, (_, k) => start + (k < wanted ? k : 0));
      const batch = this.#program.run('features', { indices });
      features.set(batch.features!.subarray(0, wanted * this.#dimensions), start * this.#dimensions);
      logits.set(batch.logits!.subarray(0, wanted * this.#classes), start * this.#classes);
    }
    return { features, logits };
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileFeatures(settings: ClassifierSettings, imageSize: number, classes: number): Program {
  return compile({
    variables: new Map([
      ...floatVariables(classifierParameters(settings, classes)),
      ['images', imageVariable(imageSize)],
    ]),
    functions: {
      features: {
        inputs: { indices: { shape: [FEATURE_BATCH], dtype: 'int32' } },
        body: ({ indices }, trace) => {
          const images = gatherImages(trace, 'images', indices!, imageSize);
          const parts = shardsOf([images]).map(([part]) =>
            classify(part, (name) => trace.read(name), settings),
          );
          return {
            features: tf.concat(parts.map(({ features }) => features)),
            logits: tf.concat(parts.map(({ logits }) => logits)),
          };
        },
      },
    },
  });
}
