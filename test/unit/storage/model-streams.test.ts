import { describe, expect, it } from 'vitest';
import { blobKey, Blobs, CorruptObject } from '../../../phoenix/storage/blobs.ts';
import { BLOCK, MismatchedUpdate, ModelStreams } from '../../../phoenix/storage/model-streams.ts';
import { BadSafetensors } from '../../../phoenix/storage/safetensors.ts';
import { MemoryStore } from '../../helpers/memory-store.ts';

const model = (parameters: Record<string, readonly number[]>, from = 0) =>
  new Map(
    Object.entries(parameters).map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, 1);
      return [name, { shape, data: Float32Array.from({ length }, (_, at) => from + at) }];
    }),
  );

describe('models side by side', () => {
  it('come as vectors of all parameters, in blocks', async () => {
    const blobs = new Blobs(new MemoryStore());
    const shapes = { b: [BLOCK, 2], a: [3] };
    const refs = [await blobs.putTensors(model(shapes)), await blobs.putTensors(model(shapes, 0.5))];
    const models = await ModelStreams.open(blobs, refs);
    expect(models.length).toBe(2 * BLOCK + 3);
    expect([...models.layout]).toEqual([
      ['a', { dtype: 'F32', shape: [3] }],
      ['b', { dtype: 'F32', shape: [BLOCK, 2] }],
    ]);
    const vectors = refs.map(() => new Float32Array(models.length));
    await models.walk((blocks, at) => blocks.forEach((block, k) => vectors[k]!.set(block, at)));
    const expected = Float32Array.from({ length: 2 * BLOCK + 3 }, (_, at) => (at < 3 ? at : at - 3));
    for (const [k, vector] of [expected, expected.map((value) => value + 0.5)].entries()) {
      expect(Buffer.from(vectors[k]!.buffer).equals(Buffer.from(vector.buffer))).toBe(true);
    }
  });

  it.each([
    ['another name', { a: [1], c: [2] }, 'b', [2], null],
    ['a missing name', { a: [1] }, 'b', [2], null],
    ['another length', { a: [1], b: [1] }, 'b', [2], [1]],
    ['another shape', { a: [1], b: [1, 2] }, 'b', [2], [1, 2]],
    ['an additional name', { a: [1], b: [2], c: [1] }, 'c', null, [1]],
  ])('have the same parameters: not %s', async (_, shapes, parameter, expected, actual) => {
    const blobs = new Blobs(new MemoryStore());
    const refs = [await blobs.putTensors(model({ a: [1], b: [2] })), await blobs.putTensors(model(shapes))];
    const error: unknown = await ModelStreams.open(blobs, refs).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MismatchedUpdate);
    expect(error).toMatchObject({ parameter, expected, actual });
  });

  it('are float32', async () => {
    const blobs = new Blobs(new MemoryStore());
    const ref = await blobs.putTensors(new Map([['a', { shape: [1], data: Int32Array.of(1) }]]));
    await expect(ModelStreams.open(blobs, [ref])).rejects.toThrow(BadSafetensors);
  });

  // The header's length, its text, and a weight.
  it.each([0, 7, 20, -1])('are not used where byte %d is damaged', async (at) => {
    const store = new MemoryStore();
    const blobs = new Blobs(store);
    const refs = [await blobs.putTensors(model({ a: [2] })), await blobs.putTensors(model({ a: [2] }, 1))];
    const key = blobKey(refs[1]!);
    store.damage(key, (store.objects.get(key)!.length + at) % store.objects.get(key)!.length);
    const walked = ModelStreams.open(blobs, refs).then((models) => models.walk(() => undefined));
    await expect(walked).rejects.toThrow(CorruptObject);
    await expect(walked).rejects.toMatchObject({ key });
    expect(store.objects.has(key)).toBe(false);
  });
});
