import { expect, it } from 'vitest';
import { referencesIn } from '../../../phoenix/storage/references.ts';

const hash = (digit: string) => digit.repeat(64);

it('finds blobs, steps and records at any depth, and takes no other hash for one', () => {
  const [weights, record] = [
    { hash: hash('a'), bytes: 4 },
    { hash: hash('b'), bytes: 9 },
  ];
  const document = {
    weightsHash: hash('0'),
    rounds: [{ record, poor: [1] }, { steps: [{ key: hash('c'), label: 'train' }, null] }],
    final: { personal: [{ client: 1, ref: weights }] },
    warmup: { step: hash('d') },
    bytes: 3,
    note: { key: 'short', hash: hash('e') },
  };
  expect(referencesIn(document)).toEqual({
    refs: [record, weights],
    steps: [hash('c'), hash('d')],
    records: [record],
  });
});
