/** Features and logits of images, from a trained network. */
import { compile, type Program } from '../engine/compile.ts';
import { tf, type Tensor } from '../engine/backend.ts';
import { gatherRows } from '../engine/gather.ts';
import { imageVariable } from '../engine/images.ts';
import { shardsOf } from '../engine/shards.ts';
import type { Tensors } from '../storage/safetensors.ts';
import type { FeatureNetwork } from './feature-network.ts';
import { floatVariables } from './training.ts';

export interface Features {
  /** Of every tap: float32 [count, dimensions]. */
  readonly taps: ReadonlyMap<string, Float32Array>;
  /** float32 [count, classes] */
  readonly logits: Float32Array;
}

export class FeatureExtractor {
  readonly #program: Program;
  readonly #network: FeatureNetwork;
  readonly #imageSize: number;

  constructor(network: FeatureNetwork, imageSize: number) {
    this.#network = network;
    this.#imageSize = imageSize;
    this.#program = compileFeatures(network, imageSize);
  }

  load(weights: Tensors): void {
    this.#program.set(weights);
  }

  /** @param images uint8 [count, size, size, 3] */
  features(images: Uint8Array, count: number): Features {
    const { taps, classes, batch } = this.#network;
    const size = this.#imageSize;
    this.#program.set(new Map([['images', { shape: [count, size, size, 3], data: images }]]));
    const results = new Map([...taps].map(([tap, columns]) => [tap, new Float32Array(count * columns)]));
    const logits = new Float32Array(count * classes);
    for (let start = 0; start < count; start += batch) {
      const wanted = Math.min(batch, count - start);
      // The last batch is filled up with its own first image.
      const indices = Int32Array.from({ length: batch }, (_, k) => start + (k < wanted ? k : 0));
      const values = this.#program.run('features', { indices });
      const keep = (all: Float32Array, output: string, columns: number) =>
        all.set(values[output]!.subarray(0, wanted * columns), start * columns);
      for (const [tap, columns] of taps) keep(results.get(tap)!, `tap/${tap}`, columns);
      keep(logits, 'logits', classes);
    }
    return { taps: results, logits };
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function compileFeatures(network: FeatureNetwork, imageSize: number): Program {
  return compile({
    variables: new Map([...floatVariables(network.parameters), ['images', imageVariable(imageSize)]]),
    functions: {
      features: {
        inputs: { indices: { shape: [network.batch], dtype: 'int32' } },
        body: ({ indices }, trace) => {
          const shape = [network.batch, imageSize, imageSize, 3];
          const images = gatherRows(trace, 'images', indices!, { shape, dtype: 'float32' });
          const parts = shardsOf([images]).map(([part]) =>
            network.forward(part, (name) => trace.read(name), trace),
          );
          const joined = (of: (part: (typeof parts)[number]) => Tensor) => tf.concat(parts.map(of));
          return {
            ...Object.fromEntries(
              [...network.taps.keys()].map((tap) => [`tap/${tap}`, joined(({ taps }) => taps.get(tap)!)]),
            ),
            logits: joined(({ logits }) => logits),
          };
        },
      },
    },
  });
}
