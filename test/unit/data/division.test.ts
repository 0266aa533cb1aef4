import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { divideImages } from '../../../phoenix/data/division.ts';
import { classSizes, type PartitionSettings } from '../../../phoenix/data/partition.ts';
import { cifar10Labels } from '../../helpers/cifar10-fixture.ts';

const labels = cifar10Labels();
const SEED = 2023;

const sharing = (beta: number, alpha: number, subset: 'perClient' | 'sameSubset' = 'perClient') => ({
  serverImages: 10_000,
  beta,
  alpha,
  subset,
  warmup: { epochs: 100, steps: null, until: null },
});
const classes = (classesPerClient: number): PartitionSettings => ({ kind: 'classes', classesPerClient });
const divide = (partition: PartitionSettings, shared: ReturnType<typeof sharing> | null, clients = 10) =>
  divideImages(labels, { clients, partition, sharing: shared }, SEED);
const present = (indices: Int32Array) => classSizes(labels, indices, 10).filter((size) => size > 0);

it('has the labels of CIFAR-10', () => {
  expect(createHash('sha256').update(labels).digest('hex')).toBe(
    '2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253',
  );
});

describe('data sharing (paper, table 3)', () => {
  it.each([
    [5, 100, 2000, 6000],
    [15, 100, 6000, 10_000],
    [25, 100, 10_000, 14_000],
    [25, 25, 10_000, 6500],
    [25, 50, 10_000, 9000],
    [25, 75, 10_000, 11_500],
  ])('β %d, α %d: |G| is %d, %d images per client, of two classes before merging', (...cell) => {
    const [beta, alpha, size, clientSize] = cell;
    const { clients, shared } = divide(classes(2), sharing(beta, alpha));
    expect(shared).toHaveLength(size);
    expect(present(shared)).toEqual(Array(10).fill(size / 10));
    const global = new Set(shared);
    for (const client of clients) {
      expect(client.own.length + client.shared.length).toBe(clientSize);
      expect(present(client.own)).toEqual([2000, 2000]);
      expect(client.shared.every((index) => global.has(index))).toBe(true);
      expect(new Set(present(client.shared)).size).toBe(1);
      expect(client.own.some((index) => global.has(index))).toBe(false);
    }
    expect(new Set(clients.flatMap(({ own }) => [...own])).size).toBe(40_000);
  });

  it('also of one class', () => {
    for (const { own, shared } of divide(classes(1), sharing(15, 100)).clients) {
      expect(present(own)).toEqual([4000]);
      expect(own.length + shared.length).toBe(10_000);
    }
  });

  it('gives each client a subset of its own, or all the same', () => {
    const subsets = (subset: 'perClient' | 'sameSubset') =>
      new Set(divide(classes(2), sharing(5, 50, subset)).clients.map(({ shared }) => String(shared))).size;
    expect(subsets('perClient')).toBe(10);
    expect(subsets('sameSubset')).toBe(1);
  });
});

describe('the baselines, on all 50,000 images', () => {
  const everything = Int32Array.from(labels.keys());
  const dealt = (clients: readonly { own: Int32Array }[]) =>
    Int32Array.from(clients.flatMap(({ own }) => [...own])).sort();

  it.each([
    ['IID', { kind: 'iid' } as const, null],
    ['two classes', classes(2), [2500, 2500]],
    ['one class', classes(1), [5000]],
  ])('%s: 5,000 images per client', (_, partition, sizes) => {
    const { clients, shared } = divide(partition, null);
    expect(shared).toHaveLength(0);
    expect(clients.map(({ own }) => own.length)).toEqual(Array(10).fill(5000));
    expect(dealt(clients)).toEqual(everything);
    if (sizes) for (const { own } of clients) expect(present(own)).toEqual(sizes);
    else for (const { own } of clients) expect(present(own)).toHaveLength(10);
  });

  it('centralized: all of them in one place', () => {
    expect(divide({ kind: 'centralized' }, null, 1).clients).toEqual([
      { own: everything, shared: new Int32Array(0), noise: 0 },
    ]);
  });
});

it('says how noisy a client’s images are', () => {
  const { clients } = divide({ kind: 'feature', noise: 0.1 }, null);
  expect(clients[0]!.noise).toBeCloseTo(0.01);
  expect(clients[9]!.noise).toBe(0.1);
});
