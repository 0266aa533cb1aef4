import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byClass, drawEvenly, evenParts, imagesAt } from '../../../phoenix/data/image-set.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';

const { train } = cifar10Fixture();
const everything = Int32Array.from(train.labels.keys());

function classSizes(indices: Int32Array): number[] {
  return byClass(train.labels, indices).map((members) => members.length);
}

describe('the fixture', () => {
  it('is CIFAR-10: its first labels and its first pixel are those of the data set', () => {
    expect([...train.labels.subarray(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    expect([...train.images.subarray(0, 3)]).toEqual([59, 62, 63]);
    expect(train.images).toHaveLength(400 * 32 * 32 * 3);
    expect(classSizes(everything)).toEqual(Array(10).fill(40));
  });
});

describe('imagesAt', () => {
  it('copies images in the order asked for', () => {
    const bytes = 32 * 32 * 3;
    const images = imagesAt(train, Int32Array.of(7, 2));
    expect(images.subarray(0, bytes)).toEqual(train.images.subarray(7 * bytes, 8 * bytes));
    expect(images.subarray(bytes)).toEqual(train.images.subarray(2 * bytes, 3 * bytes));
  });
});

describe('evenParts', () => {
  it('adds up, with parts that differ by at most one', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 200 }), (total, parts) => {
        const sizes = evenParts(total, parts);
        expect(sizes).toHaveLength(parts);
        expect(sizes.reduce((a, b) => a + b)).toBe(total);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('drawEvenly', () => {
  it('splits the pool in two, evenly over the classes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.nat(), (total, seed) => {
        const { drawn, rest } = drawEvenly(train.labels, everything, total, seed);
        expect(drawn).toHaveLength(total);
        expect(Int32Array.from([...drawn, ...rest]).sort()).toEqual(everything);
        expect(drawn).toEqual(drawn.toSorted());
        const sizes = classSizes(drawn);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('draws other images, and gives the odd ones to other classes, with another seed', () => {
    const draws = [1, 2, 3, 4].map((seed) => drawEvenly(train.labels, everything, 13, seed).drawn);
    expect(new Set(draws.map(String)).size).toBe(4);
    expect(new Set(draws.map((drawn) => String(classSizes(drawn)))).size).toBeGreaterThan(1);
    expect(drawEvenly(train.labels, everything, 13, 1).drawn).toEqual(draws[0]);
  });

  it('says which class has too few images', () => {
    expect(() => drawEvenly(train.labels, everything, 410, 1)).toThrow(
      /class 0 has 40 images, 41 are wanted/,
    );
  });
});
