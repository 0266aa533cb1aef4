import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { divisionBars, divisionOf, divisionTable, divisionWords } from '../../../phoenix/report/division.ts';

const labels = Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
const division = divisionOf(labels, ['ant', 'bee', 'cow'], {
  clients: [
    { own: Int32Array.of(0, 3, 6, 1), shared: Int32Array.of(2, 4), noise: 0 },
    { own: Int32Array.of(5), shared: Int32Array.of(4), noise: 0.05 },
  ],
  shared: Int32Array.of(2, 4),
});

describe('a division of images', () => {
  it('is counted by client and class', () => {
    expect(division).toEqual({
      classes: ['ant', 'bee', 'cow'],
      trainingImages: 10,
      sharedImages: 2,
      clients: [
        { client: 0, own: 4, ownClasses: [3, 1, 0], shared: 2, sharedClasses: [0, 1, 1], noise: 0 },
        { client: 1, own: 1, ownClasses: [0, 0, 1], shared: 1, sharedClasses: [0, 1, 0], noise: 0.05 },
      ],
    });
  });

  it('is a table', () => {
    expect(divisionTable(division).split('\n')).toEqual([
      'client  images  own  shared  noise  0  1  2',
      expect.stringMatching(/^─+$/),
      '     0       6    4       2  0.000  3  1  ·',
      '     1       2    1       1  0.050  ·  ·  1',
    ]);
  });

  it('is drawn in bars whose lengths are in proportion', () => {
    const bars = stripVTControlCharacters(divisionBars(division)).split('\n');
    expect(bars).toEqual([
      `client 0  ${'0'.repeat(30)}${'1'.repeat(10)}${'+'.repeat(20)}`,
      `client 1  ${'2'.repeat(10)}${'+'.repeat(10)}`,
    ]);
  });

  it('says how much there is, and what the signs mean', () => {
    expect(divisionWords(division)).toBe(
      '10 training images of 3 classes, 2 clients; 2 are shared by the server\n\n0 ant  1 bee  2 cow',
    );
  });
});
