/** An engine without tfjs: arithmetic that depends on everything the real one's results depend on, and on nothing else. */
import type {
  Engine,
  Extractor,
  ImageTrainer,
  LabelledTrainer,
  Sampler,
} from '../../activities/steps/engine.ts';
import type { Features } from '../../phoenix/models/feature-extractor.ts';
import type { Tensor, Tensors } from '../../phoenix/storage/safetensors.ts';

export class FakeTrainer implements LabelledTrainer, ImageTrainer {
  #global: Tensors = new Map();
  #images: Uint8Array = new Uint8Array();
  #labels: Uint8Array = new Uint8Array();
  #weights: Tensors = new Map();
  #momentum: Tensors = new Map();

  setImages(images: Uint8Array, labels: Uint8Array = new Uint8Array()): void {
    this.#images = images;
    this.#labels = labels;
  }

  load(weights: Tensors, optimizer: Tensors | null): void {
    this.#weights = copied(weights);
    this.#momentum = optimizer ? copied(optimizer) : scaled(weights, 0);
  }

  setGlobal(weights: Tensors): void {
    this.#global = copied(weights);
  }

  step(indices: Int32Array, [stream, position]: [number, number], learningRate: number): number {
    let signal = (stream % 1009) / 1009 + position;
    for (const index of indices) {
      signal = (signal * 31 + index + this.#images[index]! + (this.#labels[index] ?? 0)) % 1013;
    }
    for (const [name, { data }] of this.#weights) {
      const momentum = this.#momentum.get(name)!.data;
      const global = this.#global.get(name)?.data;
      for (let k = 0; k < data.length; k++) {
        const pull = global ? data[k]! - global[k]! : 0;
        momentum[k] = 0.9 * momentum[k]! + (signal / 1013 - 0.5) * ((k % 7) + 1) + pull;
        data[k]! -= learningRate * momentum[k]!;
      }
    }
    return signal / 1013;
  }

  finish(learningRate: number): void {
    for (const [name, { data }] of this.#weights) {
      const momentum = this.#momentum.get(name)!.data;
      for (let k = 0; k < data.length; k++) data[k]! -= learningRate * momentum[k]!;
    }
  }

  weights(): Tensors {
    return copied(this.#weights);
  }

  optimizer(): Tensors {
    return copied(this.#momentum);
  }
}

/** Noise from (weights, seed, position), in batches of 64. */
class FakeSampler implements Sampler {
  readonly #imageBytes: number;
  #weights = 0;

  constructor(size: number) {
    this.#imageBytes = size * size * 3;
  }

  load(weights: Tensors): void {
    this.#weights = sum(weights);
  }

  async sample(count: number, seed: number, onBatch?: (done: number) => void | Promise<void>) {
    const images = new Uint8Array(count * this.#imageBytes);
    for (let start = 0; start < count; start += 64) {
      const end = Math.min(start + 64, count);
      for (let at = start * this.#imageBytes; at < end * this.#imageBytes; at++) {
        images[at] = Math.abs(this.#weights * 97 + Math.imul(seed + at, 0x9e3779b1)) >>> 7;
      }
      await onBatch?.(end);
    }
    return images;
  }
}

/** Features: means of equal pieces of the image; logits: sums of some of them. */
class FakeExtractor implements Extractor {
  readonly #taps: Readonly<Record<string, number>>;
  readonly #classes: number;

  constructor(taps: Readonly<Record<string, number>>, classes: number) {
    this.#taps = taps;
    this.#classes = classes;
  }

  load(): void {}

  features(images: Uint8Array, count: number): Features {
    const taps = new Map(
      Object.entries(this.#taps).map(([tap, dimensions]) => [tap, pieces(images, count, dimensions)]),
    );
    const [features] = taps.values();
    const dimensions = features!.length / count;
    const logits = Float32Array.from({ length: count * this.#classes }, (_, k) => {
      const column = (k % this.#classes) % dimensions;
      return features![Math.floor(k / this.#classes) * dimensions + column]! * 4;
    });
    return { taps, logits };
  }
}

/** Means of equal pieces of each image. */
function pieces(images: Uint8Array, count: number, dimensions: number): Float32Array {
  const bytes = images.length / count;
  const features = new Float32Array(count * dimensions);
  images.forEach((value, at) => {
    const piece = Math.floor(((at % bytes) * dimensions) / bytes);
    features[Math.floor(at / bytes) * dimensions + piece]! += value / 255 / (bytes / dimensions);
  });
  return features;
}

export function fakeEngine(overrides: Partial<Engine> = {}): Engine {
  return {
    trainer: async () => new FakeTrainer(),
    sampler: async ({ imageSize }) => new FakeSampler(imageSize),
    classifier: async () => new FakeTrainer(),
    extractor: async ({ network }) =>
      network.kind === 'classifier'
        ? new FakeExtractor({ features: network.dimensions }, network.classes)
        : new FakeExtractor({ '192': 6, '64': 4 }, 10),
    ...overrides,
  };
}

const copied = (tensors: Tensors): Tensors => scaled(tensors, 1);

function scaled(tensors: Tensors, factor: number): Tensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { shape, data: Float32Array.from(data, (value) => value * factor) },
    ]),
  );
}

function sum(tensors: Tensors): number {
  let total = 0;
  for (const { data } of tensors.values()) for (const value of data) total += value;
  return total;
}
