import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classesOf,
  partition,
  shardSizes,
  splitServerPart,
  type PartitionSettings,
} from '../../../phoenix/data/partition.ts';

/** Labels of a training set with equal classes, mixed as in CIFAR-10. */
function labelsOf(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 7) % 10);
}
const pool = (labels: Uint8Array) => Int32Array.from(labels.keys());
const twoClasses: PartitionSettings = { kind: 'classes', classesPerClient: 2 };

const settings = fc.oneof(
  fc.constant<PartitionSettings>({ kind: 'iid' }),
  fc.record({ kind: fc.constant('classes' as const), classesPerClient: fc.integer({ min: 1, max: 10 }) }),
);
const case_ = fc.record({
  settings,
  clients: fc.integer({ min: 1, max: 40 }),
  perClass: fc.nat(60),
  seed: fc.nat(),
});

describe("the paper's division", () => {
  const labels = labelsOf(50_000);
  const { clients, server } = splitServerPart(labels, 10_000, 1);

  it('40,000 images for the clients, 10,000 for the server, each evenly over the classes', () => {
    expect([clients.length, server.length]).toEqual([40_000, 10_000]);
    expect(Int32Array.from([...clients, ...server]).sort()).toEqual(pool(labels));
    for (let label = 0; label < 10; label++) {
      expect(server.filter((index) => labels[index] === label)).toHaveLength(1000);
    }
  });

  it('ten clients of two classes with 4,000 images each', () => {
    const parts = partition(labels, clients, 10, twoClasses, 1);
    expect(parts.map((part) => part.length)).toEqual(Array(10).fill(4000));
    expect(parts.map((part) => classesOf(labels, part).length)).toEqual(Array(10).fill(2));
  });

  it('ten clients of one class each, all ten classes', () => {
    const parts = partition(labels, clients, 10, { kind: 'classes', classesPerClient: 1 }, 1);
    const classes = parts.flatMap((part) => classesOf(labels, part));
    expect(classes.toSorted((a, b) => a - b)).toEqual([...Array(10).keys()]);
  });

  it('without sharing the clients have everything', () => {
    expect(splitServerPart(labels, 0, 1).clients).toEqual(pool(labels));
  });
});

describe('partition', () => {
  it('parts are disjoint, within the pool, ascending, and a pure function of the seed', () => {
    fc.assert(
      fc.property(case_, ({ settings: own, clients, perClass, seed }) => {
        const labels = labelsOf(perClass * 10);
        // Every second image only: a pool is any subset.
        const half = pool(labels).filter((index) => index % 2 === 0);
        const parts = partition(labels, half, clients, own, seed);
        const dealt = parts.flatMap((part) => [...part]);
        expect(parts).toHaveLength(clients);
        expect(new Set(dealt).size).toBe(dealt.length);
        expect(dealt.every((index) => half.includes(index))).toBe(true);
        for (const part of parts) expect(part).toEqual(part.toSorted());
        expect(partition(labels, half, clients, own, seed)).toEqual(parts);
      }),
    );
  });

  it('every client has exactly k classes, as long as no shard is empty', () => {
    fc.assert(
      fc.property(case_, fc.integer({ min: 1, max: 10 }), ({ clients, seed }, k) => {
        const labels = labelsOf(400);
        const parts = partition(
          labels,
          pool(labels),
          clients,
          { kind: 'classes', classesPerClient: k },
          seed,
        );
        for (const part of parts) expect(classesOf(labels, part)).toHaveLength(k);
      }),
    );
  });

  it('deals every image when there are shards for all ten classes', () => {
    const labels = labelsOf(410);
    expect(partition(labels, pool(labels), 7, twoClasses, 3).flatMap((part) => [...part])).toHaveLength(410);
    expect(partition(labels, pool(labels), 7, { kind: 'iid' }, 3).flatMap((part) => [...part])).toHaveLength(
      410,
    );
  });

  it('another seed gives clients other classes and other images', () => {
    const labels = labelsOf(400);
    const parts = [1, 2, 3].map((seed) => partition(labels, pool(labels), 4, twoClasses, seed));
    const classes = parts.map((own) => String(own.map((part) => classesOf(labels, part))));
    expect(new Set(classes).size).toBe(3);
    const even = [1, 2, 3].map((seed) =>
      String(partition(labels, pool(labels), 4, { kind: 'iid' }, seed)[0]),
    );
    expect(new Set(even).size).toBe(3);
  });

  it('iid parts hold every class of a large pool', () => {
    const labels = labelsOf(4000);
    for (const part of partition(labels, pool(labels), 4, { kind: 'iid' }, 1)) {
      expect(classesOf(labels, part)).toHaveLength(10);
    }
  });

  it('cannot give a client eleven classes', () => {
    const labels = labelsOf(100);
    const eleven: PartitionSettings = { kind: 'classes', classesPerClient: 11 };
    expect(() => partition(labels, pool(labels), 2, eleven, 1)).toThrow(RangeError);
  });
});

describe('shardSizes', () => {
  it('foretells the shards that partition makes', () => {
    fc.assert(
      fc.property(case_, ({ settings: own, clients, perClass, seed }) => {
        const labels = labelsOf(perClass * 10);
        const parts = partition(labels, pool(labels), clients, own, seed);
        const shards = parts.flatMap((part) =>
          own.kind === 'iid'
            ? [part.length]
            : classesOf(labels, part).map((label) => part.filter((index) => labels[index] === label).length),
        );
        const filled = shardSizes(perClass * 10, clients, own).filter((size) => size > 0);
        expect(shards.filter((size) => size > 0).toSorted((a, b) => b - a)).toEqual(filled);
      }),
    );
  });

  it('has a zero when the data cannot fill the partition', () => {
    expect(shardSizes(50_000, 1000, { kind: 'classes', classesPerClient: 10 }).at(-1)).toBe(5);
    expect(shardSizes(9990, 1000, { kind: 'classes', classesPerClient: 10 }).at(-1)).toBe(0);
    expect(shardSizes(999, 1000, { kind: 'iid' }).at(-1)).toBe(0);
  });
});
