import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BadSafetensors,
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type Tensors,
} from '../../../phoenix/storage/safetensors.ts';

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(Float32Array, Int32Array, Uint8Array),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.nat(255),
  )
  .map(([elementClass, shape, start]) => {
    const length = shape.reduce((product, side) => product * side, 1);
    return { shape, data: new elementClass(length).map((_, index) => (start + index) % 256) };
  });

const tensors: fc.Arbitrary<Tensors> = fc
  .dictionary(
    fc.string().filter((name) => name !== '__metadata__'),
    tensor,
  )
  .map((dictionary) => new Map(Object.entries(dictionary)));

/** A file with this header text and this many bytes of data. */
function file(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const one = (entry: object, dataBytes: number, more: object = {}) =>
  file(
    JSON.stringify({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...entry }, ...more }),
    dataBytes,
  );

describe('safetensors', () => {
  it('gives back every tensor, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(tensors, fc.nat(7), (value, shift) => {
        const bytes = encodeSafetensors(value, { note: 'é' });
        const elsewhere = Buffer.alloc(bytes.length + shift).subarray(shift);
        elsewhere.set(bytes);
        const decoded = decodeSafetensors(elsewhere);
        expect(new Map([...decoded.tensors].sort(byName))).toEqual(new Map([...value].sort(byName)));
        expect(decoded.metadata).toEqual({ note: 'é' });
      }),
    );
  });

  it('gives equal tensors equal bytes, whatever the order of the map', () => {
    fc.assert(
      fc.property(tensors, (value) => {
        const reversed = new Map([...value].toReversed());
        expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(value));
      }),
    );
  });

  it('keeps the bits of NaN payloads, negative zero and denormals', () => {
    const bits = new Uint32Array([0x7fc0_1234, 0x8000_0000, 0x0000_0001]);
    const encoded = encodeSafetensors(new Map([['w', { shape: [3], data: new Float32Array(bits.buffer) }]]));
    const { data } = decodeSafetensors(encoded).tensors.get('w')!;
    expect(new Uint32Array(data.buffer, data.byteOffset, 3)).toEqual(bits);
  });

  it('is the published format: header length, header, aligned data', () => {
    const bytes = encodeSafetensors(new Map([['x', { shape: [1, 2], data: new Int32Array([1, -1]) }]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(header.trimEnd()).toBe('{"x":{"dtype":"I32","shape":[1,2],"data_offsets":[0,8]}}');
    expect((8 + length) % 8).toBe(0);
    expect([...bytes.subarray(8 + length)]).toEqual([1, 0, 0, 0, 255, 255, 255, 255]);
  });

  it('decodes aligned data without a copy', () => {
    const bytes = encodeSafetensors(new Map([['x', { shape: [2], data: new Float32Array(2) }]]));
    expect(decodeSafetensors(bytes).tensors.get('x')!.data.buffer).toBe(bytes.buffer);
  });

  it('refuses to write a shape that does not fit, or a tensor with the name of the metadata', () => {
    const data = new Uint8Array(3);
    expect(() => encodeSafetensors(new Map([['x', { shape: [2], data }]]))).toThrow(BadSafetensors);
    expect(() => encodeSafetensors(new Map([['__metadata__', { shape: [3], data }]]))).toThrow(
      BadSafetensors,
    );
  });

  it.each([
    ['no header length', new Uint8Array(7), 'too short'],
    ['a header longer than the file', new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0, 1]), 'a header of 9 bytes'],
    ['a header length beyond all numbers', new Uint8Array(16).fill(255), 'a header of'],
    ['no JSON', file('{"a":', 0), 'the header is not'],
    ['a list as header', file('[]', 0), 'the header is not'],
    ['a header that is not UTF-8', file('{}', 0).fill(0xff, 8), 'the header is not'],
    ['an unknown dtype', one({ dtype: 'F16' }, 8), 'the header is not'],
    ['a negative side', one({ shape: [-2] }, 8), 'the header is not'],
    ['metadata that is not text', one({}, 8, { __metadata__: { a: 1 } }), 'the header is not'],
    ['a shape that needs more', one({ shape: [3] }, 8), 'its shape needs 12'],
    ['offsets in reverse', one({ data_offsets: [8, 0] }, 8), 'starts at 8'],
    ['a gap before the data', one({ data_offsets: [4, 12] }, 12), 'starts at 4, expected 0'],
    ['data that ends early', one({}, 4), 'ends at 8, the data at 4'],
    ['data that belongs to no tensor', one({}, 9), '1 bytes belong to no tensor'],
    [
      'tensors that overlap',
      one({}, 8, { b: { dtype: 'U8', shape: [8], data_offsets: [0, 8] } }),
      'expected 8',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(BadSafetensors);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it('never crashes on damaged files in any other way', () => {
    const intact = encodeSafetensors(new Map([['x', { shape: [2, 2], data: new Float32Array(4) }]]));
    fc.assert(
      fc.property(fc.nat(intact.length - 1), fc.nat(255), fc.nat(intact.length), (at, byte, length) => {
        const damaged = intact.slice(0, length);
        if (at < length) damaged[at] = byte;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(BadSafetensors);
        }
      }),
    );
  });
});

function byName([a]: [string, Tensor], [b]: [string, Tensor]): number {
  return a < b ? -1 : 1;
}
