import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { total } from '../../../phoenix/data/data-set.ts';
import {
  classesOf,
  classSizes,
  mostClients,
  noiseLevels,
  partition,
  type PartitionSettings,
} from '../../../phoenix/data/partition.ts';

/** Labels of a training set with equal classes, mixed as in CIFAR-10. */
function labelsOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7) % 10);
}
const pool = (labels: Uint8Array) => Int32Array.from(labels.keys());
const twoClasses: PartitionSettings = { kind: 'classes', classesPerClient: 2 };

const drawn = {
  concentration: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  minimumImages: fc.integer({ min: 1, max: 12 }),
};
const settings: fc.Arbitrary<PartitionSettings> = fc.oneof(
  fc.constant({ kind: 'iid' as const }),
  fc.constant({ kind: 'centralized' as const }),
  fc.record({ kind: fc.constant('classes' as const), classesPerClient: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('dirichlet' as const), ...drawn }),
  fc.record({ kind: fc.constant('quantity' as const), ...drawn }),
  fc.record({ kind: fc.constant('feature' as const), noise: fc.constant(0.1) }),
);

/** A pool out of classes of unlike sizes, and settings under which everybody can have something. */
const case_ = fc
  .record({
    settings,
    sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 6, maxLength: 12 }),
    clients: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(),
  })
  .map(({ sizes, ...rest }) => {
    const labels = Uint8Array.from(
      sizes.flatMap((size, label) => Array.from({ length: 2 * size }, () => label)),
    );
    // Every second image only: a pool is any subset.
    const half = pool(labels).filter((index) => index % 2 === 0);
    return { ...rest, sizes, labels, half, most: mostClients(sizes, rest.settings) };
  })
  .filter(({ most }) => most > 0)
  .map(({ clients, ...rest }) => ({ ...rest, clients: Math.min(clients, rest.most) }));

describe('a partition of any kind', () => {
  it('is disjoint, within the pool, ascending, leaves nobody empty, and is a pure function of the seed', () => {
    fc.assert(
      fc.property(case_, ({ settings: own, labels, half, clients, seed }) => {
        const parts = partition(labels, half, clients, own, seed);
        const dealt = parts.flatMap((part) => [...part]);
        expect(parts).toHaveLength(clients);
        expect(new Set(dealt).size).toBe(dealt.length);
        const members = new Set(half);
        expect(dealt.every((index) => members.has(index))).toBe(true);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part).toEqual(part.toSorted());
        }
        expect(partition(labels, half, clients, own, seed)).toEqual(parts);
      }),
      { numRuns: 400 },
    );
  });

  it('deals every image, but for classes that have no shard', () => {
    fc.assert(
      fc.property(case_, ({ settings: own, labels, half, clients, seed, sizes }) => {
        const parts = partition(labels, half, clients, own, seed);
        const dealt = total(parts.map((part) => part.length));
        const shards = own.kind === 'classes' ? clients * own.classesPerClient : sizes.length;
        if (shards >= sizes.length) expect(dealt).toBe(half.length);
        else expect(dealt).toBeLessThan(half.length);
      }),
      { numRuns: 400 },
    );
  });

  it('differs with the seed, unless there is but one participant', () => {
    const labels = labelsOf(4000);
    const kinds: PartitionSettings[] = [
      { kind: 'iid' },
      twoClasses,
      { kind: 'dirichlet', concentration: 0.5, minimumImages: 10 },
      { kind: 'quantity', concentration: 0.5, minimumImages: 10 },
      { kind: 'feature', noise: 0.1 },
    ];
    for (const own of kinds) {
      const firsts = [1, 2, 3].map((seed) => String(partition(labels, pool(labels), 4, own, seed)[0]));
      expect(new Set(firsts).size).toBe(3);
    }
    expect(partition(labels, pool(labels), 1, { kind: 'centralized' }, 1)).toEqual([pool(labels)]);
  });
});

describe('k classes per client', () => {
  it('are exactly k for everybody', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 10 }),
        (clients, seed, classesPerClient) => {
          const labels = labelsOf(400);
          const parts = partition(labels, pool(labels), clients, { kind: 'classes', classesPerClient }, seed);
          for (const part of parts) expect(classesOf(labels, part)).toHaveLength(classesPerClient);
        },
      ),
    );
  });

  it('are other ones with another seed', () => {
    const labels = labelsOf(400);
    const parts = [1, 2, 3].map((seed) => partition(labels, pool(labels), 4, twoClasses, seed));
    const classes = parts.map((own) => String(own.map((part) => classesOf(labels, part))));
    expect(new Set(classes).size).toBe(3);
  });

  it('cannot be eleven of ten', () => {
    const labels = labelsOf(100);
    const eleven: PartitionSettings = { kind: 'classes', classesPerClient: 11 };
    expect(() => partition(labels, pool(labels), 2, eleven, 1)).toThrow(RangeError);
  });
});

describe('an IID partition', () => {
  it('has parts of equal sizes with every class', () => {
    const labels = labelsOf(4000);
    for (const part of partition(labels, pool(labels), 4, { kind: 'iid' }, 1)) {
      expect(part).toHaveLength(1000);
      expect(classesOf(labels, part)).toHaveLength(10);
    }
  });
});

describe('mostClients', () => {
  const even = Array<number>(10).fill(100);

  it('is where one more client would find a class or the pool used up', () => {
    expect(mostClients(even, { kind: 'iid' })).toBe(1000);
    expect(mostClients(even, { kind: 'feature', noise: 0.1 })).toBe(1000);
    expect(mostClients(even, { kind: 'classes', classesPerClient: 10 })).toBe(100);
    expect(mostClients([...even.slice(1), 50], twoClasses)).toBe(250);
    expect(mostClients(even, { kind: 'dirichlet', concentration: 1, minimumImages: 9 })).toBe(111);
    expect(mostClients(even, { kind: 'quantity', concentration: 1, minimumImages: 9 })).toBe(111);
    expect(mostClients(even, { kind: 'centralized' })).toBe(1);
  });
});

describe('noiseLevels', () => {
  it('rise from σ/N to σ under feature skew, and are nothing otherwise', () => {
    expect(noiseLevels(4, { kind: 'feature', noise: 0.2 })).toEqual([0.05, 0.1, expect.closeTo(0.15), 0.2]);
    expect(noiseLevels(2, { kind: 'iid' })).toEqual([0, 0]);
  });
});

describe('classSizes', () => {
  it('counts the images of every class, also of those that are not there', () => {
    expect(classSizes(Uint8Array.of(0, 2, 2, 1), Int32Array.of(0, 1, 2), 4)).toEqual([1, 0, 2, 0]);
  });
});
