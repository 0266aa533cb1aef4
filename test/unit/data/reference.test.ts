import { describe, expect, it } from 'vitest';
import { byClass } from '../../../phoenix/data/image-set.ts';
import { referenceIndices } from '../../../phoenix/data/reference.ts';
import { cifar10Fixture } from '../../helpers/cifar10-fixture.ts';

const { labels } = cifar10Fixture().test;

describe('referenceIndices', () => {
  it('holds as many images of each class', () => {
    const indices = referenceIndices(labels, 50, 1);
    expect(byClass(labels, indices).map((members) => members.length)).toEqual(Array(10).fill(5));
  });

  it('is fixed by its seed', () => {
    expect(referenceIndices(labels, 50, 1)).toEqual(referenceIndices(labels, 50, 1));
    expect(referenceIndices(labels, 50, 1)).not.toEqual(referenceIndices(labels, 50, 2));
  });

  it('is the whole set when all of it is wanted', () => {
    expect(referenceIndices(labels, 100, 1)).toEqual(Int32Array.from(labels.keys()));
    expect(() => referenceIndices(labels, 101, 1)).toThrow(RangeError);
  });
});
