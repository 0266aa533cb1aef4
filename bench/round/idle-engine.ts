/** An engine that computes nothing: weights come out as they went in, but for one number, so that no two steps give the same. */
import type { Engine, Sampler, LabelledTrainer } from '../../activities/steps/engine.ts';
import type { NetworkChoice } from '../../phoenix/models/extractors.ts';
import type { Tensor, Tensors } from '../../phoenix/storage/safetensors.ts';

class IdleTrainer implements LabelledTrainer {
  #weights: Tensors = new Map();

  setImages(): void {}

  /** Copied, as into the variables of a graph. */
  load(weights: Tensors): void {
    this.#weights = copied(weights);
  }

  step(_: Int32Array, [stream]: [number, number]): number {
    const [first] = this.#weights.values();
    first!.data[0] = stream / 2 ** 32;
    return 1;
  }

  weights(): Tensors {
    return this.#weights;
  }

  optimizer(): Tensors {
    return new Map();
  }
}

const idleSampler = (size: number): Sampler => ({
  load() {},
  async sample(count, seed) {
    return new Uint8Array(count * size * size * 3).fill(seed);
  },
});

/** Features that metrics can be computed from; what they come to is of no interest. */
const points = (count: number, columns: number): Float32Array =>
  Float32Array.from({ length: count * columns }, (_, at) => Math.sin(at));

export const idleEngine = (): Engine => ({
  trainer: async () => new IdleTrainer(),
  sampler: async ({ imageSize }) => idleSampler(imageSize),
  classifier: async () => new IdleTrainer(),
  extractor: async ({ network }) => ({
    load() {},
    features: (_, count) => {
      // The settings ask for a classifier of their own.
      const { dimensions, classes } = network as Extract<NetworkChoice, { kind: 'classifier' }>;
      return { taps: new Map([['features', points(count, dimensions)]]), logits: points(count, classes) };
    },
  }),
});

const copied = (tensors: Tensors): Tensors =>
  new Map(
    [...tensors].map(([name, { shape, data }]): [string, Tensor] => [name, { shape, data: data.slice() }]),
  );
