import { describe, expect, test } from 'vitest';
import { BadPickle } from '../../../phoenix/storage/pickle-bytes.ts';
import { readPickle, type Vocabulary } from '../../../phoenix/storage/pickle.ts';

const vocabulary: Vocabulary = {
  globals: new Map<string, unknown>([
    ['m.pair', (a: unknown, b: unknown) => [b, a]],
    ['m.name', 'a value'],
  ]),
  persistent: (id) => ({ id }),
};

/** Python would write these bytes: `pickletools.dis` names them. */
const pickle = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const read = (text: string): unknown => readPickle(pickle(text), 0, vocabulary).value;

describe('values', () => {
  test.each([
    ['N.', null],
    ['\x88.', true],
    ['\x89.', false],
    ['J\xfe\xff\xff\xff.', -2],
    ['K\xff.', 255],
    ['M\x01\x02.', 513],
    ['\x8a\x00.', 0],
    ['\x8a\x01\xff.', -1],
    ['\x8a\x05\x00\x00\x00\x00\x01.', 2 ** 32],
    ['\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.', 2n ** 64n],
    ['G\x3f\xf8\x00\x00\x00\x00\x00\x00.', 1.5],
    ['X\x03\x00\x00\x00a\xc3\xa9.', 'aé'],
    ['\x8c\x01a.', 'a'],
    ['(K\x01K\x02t.', [1, 2]],
    ['K\x01K\x02K\x03\x87.', [1, 2, 3]],
    ['](K\x01K\x02e.', [1, 2]],
    [']K\x01a.', [1]],
    ['}(K\x01K\x02K\x03K\x04u.', new Map([[1, 2], [3, 4]])], // prettier-ignore
    ['}K\x01K\x02s.', new Map([[1, 2]])],
    ['}}b.', new Map()],
    ['K\x07q\x00]h\x00a.', [7]],
    ['K\x07\x94]h\x00a.', [7]],
    ['cm\npair\nK\x01K\x02\x86R.', [2, 1]],
    ['\x80\x04\x8c\x01m\x8c\x04name\x93.', 'a value'],
    ['K\x05Q.', { id: 5 }],
  ])('%j', (text, value) => expect(read(text)).toEqual(value));
});

test('the next pickle begins where one ends', () => {
  const bytes = pickle('..K\x01.K\x02.');
  const first = readPickle(bytes, 2, vocabulary);
  expect([first.value, readPickle(bytes, first.end, vocabulary).value]).toEqual([1, 2]);
});

test.each([
  ['cposix\nsystem\n.', 'posix.system'],
  ['\x8c\x08builtins\x8c\x04eval\x93.', 'builtins.eval'],
  ['c__builtin__\n__proto__\n.', '__builtin__.__proto__'],
])('%j asks for what is not in the vocabulary', (text, global) =>
  expect(() => read(text)).toThrow(expect.objectContaining({ name: 'RefusedGlobal', global })),
);

test.each([
  ['', 'ends in the middle'],
  ['K', 'ends in the middle'],
  ['X\xff\xff\xff\xff.', 'ends in the middle'],
  ['cm\npair', 'ends in the middle'],
  ['.', 'takes more than there is'],
  ['K\x01(0.', 'has opcode 0x30'],
  ['K\x01(\x85.', 'takes more than there is'], // not below a mark
  ['t.', 'has no mark'],
  ['K\x01K\x01a.', 'appends to something that is no list'],
  ['](K\x01K\x02u.', 'no dictionary'],
  ['}(K\x01u.', 'no dictionary'],
  ['h\x00.', 'recalls 0'],
  [']}b.', 'gives attributes'],
  ['cm\nname\n)R.', 'calls something that is no function'],
  ['X\x01\x00\x00\x00\xff.', 'not UTF-8'],
  ['\x80\x06N.', 'protocol is unknown'],
  ['(i__builtin__\neval\n.', 'has opcode 0x69'], // INST, the older way to call
  ['\x82\x01.', 'has opcode 0x82'], // EXT1
])('%j is no pickle of data: it %s', (text, message) => {
  expect(() => read(text)).toThrow(BadPickle);
  expect(() => read(text)).toThrow(message);
});
