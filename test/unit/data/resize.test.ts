import { describe, expect, it } from 'vitest';
import { areaAverage } from '../../../phoenix/data/resize.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';

/** One image of 2 × 2 pixels from the four values of each channel. */
function tiny(red: number[], green: number[], blue: number[]) {
  const images = Uint8Array.from([0, 1, 2, 3].flatMap((pixel) => [red[pixel]!, green[pixel]!, blue[pixel]!]));
  return { images, labels: Uint8Array.of(4), count: 1, size: 2 };
}

describe('areaAverage', () => {
  it('takes the mean per channel, halves rounded up', () => {
    const { images, labels, size } = areaAverage(tiny([0, 0, 1, 1], [255, 255, 255, 255], [1, 0, 0, 0]), 1);
    expect([...images]).toEqual([1, 255, 0]);
    expect([...labels]).toEqual([4]);
    expect(size).toBe(1);
  });

  it.each([16, 8])('agrees with the definition at %d pixels on real images', (size) => {
    const { test } = cifar10Fixture();
    const small = areaAverage(test, size);
    const factor = 32 / size;
    expect(small.images).toHaveLength(test.count * size * size * 3);
    for (const [image, y, x, channel] of [
      [0, 0, 0, 0],
      [1, size - 1, 0, 1],
      [57, 3, size - 1, 2],
      [99, size - 1, size - 1, 0],
    ] as const) {
      const block = [];
      for (let row = y * factor; row < (y + 1) * factor; row++) {
        for (let column = x * factor; column < (x + 1) * factor; column++) {
          block.push(test.images[((image * 32 + row) * 32 + column) * 3 + channel]!);
        }
      }
      const mean = block.reduce((a, b) => a + b) / block.length;
      expect(small.images[((image * size + y) * size + x) * 3 + channel]).toBe(Math.round(mean));
    }
  });

  it('gives the set itself at its own size', () => {
    const { test } = cifar10Fixture();
    expect(areaAverage(test, 32)).toBe(test);
  });

  it('needs whole blocks', () => {
    expect(() => areaAverage(cifar10Fixture().test, 12)).toThrow(RangeError);
  });
});
