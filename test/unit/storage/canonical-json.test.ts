import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, NotCanonical, sha256Hex } from '../../../phoenix/storage/canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves out white space', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é"' }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"é\\"","d":null}]}',
    );
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('loses nothing, and writes what it read in the same way', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['function', () => 1],
    ['bigint', 1n],
    ['symbol', Symbol('x')],
    ['Date', new Date(0)],
    ['Map', new Map()],
    ['Float32Array', new Float32Array(1)],
  ])('refuses %s and says where it is', (what, value) => {
    const broken = () => canonicalJson({ settings: { list: [1, value] } });
    expect(broken).toThrow(NotCanonical);
    expect(broken).toThrow(`settings.list.1: ${what} has no canonical JSON form`);
  });

  it('refuses holes in lists', () => {
    // oxlint-disable-next-line no-sparse-arrays
    expect(() => canonicalJson([1, , 2])).toThrow('1: undefined has no canonical JSON form');
  });
});

it('sha256Hex hashes text as its UTF-8', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Hex('é')).toBe(sha256Hex(new Uint8Array([0xc3, 0xa9])));
});
