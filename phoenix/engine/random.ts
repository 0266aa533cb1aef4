/**
 * Random numbers inside a graph, from counters alone: the same seed gives the same numbers in any process, so a
 * resumed step draws what the interrupted one would have drawn. Philox, as TensorFlow's stateless ops implement it.
 */
import { tf, type Tensor } from './backend.ts';
import type { Trace } from './trace.ts';

/** Two int32: the stream (which step of the experiment) and the position in it (which training step). */
export type Seed = readonly [stream: number, position: number];

const PHILOX = { type: 'int32', value: 1 } as const;

/** Independent generators for one function call: the k-th draw uses the seed (stream + k, position). */
export class Random {
  readonly #trace: Trace;
  readonly #seed: Tensor;
  #draws = 0;

  /** @param seed int32 [2], an input of the traced function */
  constructor(trace: Trace, seed: Tensor) {
    this.#trace = trace;
    this.#seed = seed;
  }

  /** Standard normal numbers, float32. */
  normal(shape: readonly number[]): Tensor {
    return this.#draw('StatelessRandomNormalV2', shape);
  }

  /** Uniform numbers in [0, 1), float32. */
  uniform(shape: readonly number[]): Tensor {
    return this.#draw('StatelessRandomUniformV2', shape);
  }

  /** Uniform integers in [0, limit), int32. */
  integers(shape: readonly number[], limit: number): Tensor {
    const { trace, size, key, algorithm } = this.#prepare(shape);
    const [from, to] = [0, limit].map((value) => trace.output(tf.scalar(value, 'int32')));
    const node = trace.node('StatelessRandomUniformIntV2', [size, key, `${key}:1`, algorithm, from!, to!], {
      dtype: { type: 'int32' },
      Tshape: { type: 'int32' },
    });
    return trace.standIn(node, { shape, dtype: 'int32' });
  }

  #draw(op: string, shape: readonly number[]): Tensor {
    const { trace, size, key, algorithm } = this.#prepare(shape);
    const types = { dtype: { type: 'float32' }, Tshape: { type: 'int32' } } as const;
    const node = trace.node(op, [size, key, `${key}:1`, algorithm], types);
    return trace.standIn(node, { shape, dtype: 'float32' });
  }

  #prepare(shape: readonly number[]) {
    const trace = this.#trace;
    const seed = this.#seed.add(tf.tensor1d([this.#draws++, 0], 'int32'));
    const key = trace.node('StatelessRandomGetKeyCounter', [trace.output(seed)], {
      Tseed: { type: 'int32' },
    });
    const size = trace.output(tf.tensor1d([...shape], 'int32'));
    return { trace, key, size, algorithm: trace.output(tf.scalar(PHILOX.value, PHILOX.type)) };
  }
}
