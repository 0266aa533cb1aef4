/**
 * Models that are read side by side. Each is one vector here, of all its parameters in the order of their names, and comes
 * in blocks: memory does not grow with the models' size, and network, hashing and arithmetic overlap.
 */
import type { Ref } from '../federation/records.ts';
import type { Blobs } from './blobs.ts';
import type { BlobStream } from './blob-stream.ts';
import { BadSafetensors, elements, headerLength, type Layout, ownBytes, readLayout } from './safetensors.ts';

/** A model does not have the parameters of the others. */
export class MismatchedUpdate extends Error {
  override readonly name = 'MismatchedUpdate';
  readonly parameter: string;
  /** Null where the parameter is absent. */
  readonly expected: readonly number[] | null;
  readonly actual: readonly number[] | null;

  constructor(parameter: string, expected: readonly number[] | null, actual: readonly number[] | null) {
    const shape = (sides: readonly number[] | null) => (sides === null ? 'none' : `[${sides.join(', ')}]`);
    super(`parameter ${parameter}: the first client has ${shape(expected)}, this one has ${shape(actual)}`);
    this.parameter = parameter;
    this.expected = expected;
    this.actual = actual;
  }
}

/** Elements; the arithmetic's own arrays for a block fit into a processor's cache. */
export const BLOCK = 2 ** 17;

export class ModelStreams {
  /** Names and shapes of the parameters that every one of the models has. */
  readonly layout: Layout;
  /** Number of elements of each model. */
  readonly length: number;
  readonly #streams: readonly BlobStream[];

  private constructor(layout: Layout, streams: readonly BlobStream[]) {
    this.layout = layout;
    this.length = [...layout.values()].reduce((sum, { shape }) => sum + elements(shape), 0);
    this.#streams = streams;
  }

  /**
   * @param refs at least one model, each of float32 parameters in the order of their names
   * @throws MismatchedUpdate, BadSafetensors, CorruptObject, MissingObject, DamagedOnItsWay, StoreUnreachable
   */
  static async open(blobs: Blobs, refs: readonly Ref[]): Promise<ModelStreams> {
    const opened = await Promise.allSettled(refs.map((ref) => blobs.open(ref)));
    const streams = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    try {
      for (const result of opened) if (result.status === 'rejected') throw result.reason;
      const [first, ...others] = await Promise.all(streams.map(layoutOf));
      for (const layout of others) compare(first!, layout);
      return new ModelStreams(first!, streams);
    } catch (error) {
      streams.forEach((stream) => stream.close());
      // Nothing has been verified yet: headers that make no sense may be damaged ones, and then that is what is wrong.
      if (error instanceof BadSafetensors || error instanceof MismatchedUpdate) {
        for (const ref of refs) await blobs.get(ref);
      }
      throw error;
    }
  }

  /**
   * Goes through all models once. What was made of the blocks counts only when this has returned: then every blob was
   * what its name says.
   *
   * @param visit gets a block of each model, in the order in which they were opened, and where the block begins (in
   *   elements); the arrays are used again for the next block
   * @throws CorruptObject, MissingObject, DamagedOnItsWay, StoreUnreachable
   */
  async walk(visit: (blocks: readonly Float32Array[], at: number) => void): Promise<void> {
    try {
      // Two sets in turns: one is hashed by its thread while the other one is filled.
      const sets = [this.#sharedArrays(), this.#sharedArrays()];
      for (let at = 0; at < this.length; at += BLOCK) {
        const set = sets[(at / BLOCK) % 2]!;
        await set.hashed;
        const blocks = set.arrays.map((array) => array.subarray(0, this.length - at));
        await Promise.all(this.#streams.map((stream, model) => stream.fill(bytesOf(blocks[model]!))));
        set.hashed = this.#streams[0]!.hashed();
        // Of the last two `finish` says the same.
        set.hashed.catch(() => {});
        visit(blocks, at);
      }
      await Promise.all(this.#streams.map((stream) => stream.finish()));
    } finally {
      this.#streams.forEach((stream) => stream.close());
    }
  }

  /** A block of each model. */
  #sharedArrays(): { arrays: Float32Array[]; hashed: Promise<void> } {
    const length = Math.min(BLOCK, this.length);
    const arrays = this.#streams.map(() => new Float32Array(new SharedArrayBuffer(length * 4)));
    return { arrays, hashed: Promise.resolve() };
  }
}

async function layoutOf(stream: BlobStream): Promise<Layout> {
  const length = new Uint8Array(8);
  if (stream.bytes >= length.length) await stream.fill(length);
  const json = new Uint8Array(headerLength(length, stream.bytes));
  await stream.fill(json);
  const { layout } = readLayout(json, stream.bytes - length.length - json.length, ownBytes);
  let last = '';
  for (const [name, { dtype }] of layout) {
    if (dtype !== 'F32') throw new BadSafetensors(`weights ${name} are not float32`);
    if (name < last) throw new BadSafetensors(`${name} comes after ${last}: not in the order of names`);
    last = name;
  }
  return layout;
}

/** @throws MismatchedUpdate */
function compare(expected: Layout, actual: Layout): void {
  for (const name of new Set([...expected.keys(), ...actual.keys()])) {
    const [ours, theirs] = [expected.get(name)?.shape ?? null, actual.get(name)?.shape ?? null];
    if (String(ours) !== String(theirs)) throw new MismatchedUpdate(name, ours, theirs);
  }
}

const bytesOf = (block: Float32Array): Uint8Array =>
  new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
