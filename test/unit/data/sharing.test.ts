import { describe, expect, it } from 'vitest';
import { splitServerPart } from '../../../phoenix/data/partition.ts';
import { clientShare, sharedCount, sharedImages } from '../../../phoenix/data/sharing.ts';

const labels = Uint8Array.from({ length: 50_000 }, (_, i) => i % 10);
const { clients, server } = splitServerPart(labels, 10_000, 1);

function classSizes(indices: Int32Array): number[] {
  return [...Array(10).keys()].map((label) => indices.filter((index) => labels[index] === label).length);
}

describe('data sharing', () => {
  // β, α → |G|, client size: Table 3 of the paper.
  it.each([
    [5, 100, 2000, 6000],
    [15, 100, 6000, 10_000],
    [25, 100, 10_000, 14_000],
    [25, 25, 10_000, 6500],
    [25, 50, 10_000, 9000],
    [25, 75, 10_000, 11_500],
  ])('β = %d %%, α = %d %% makes |G| = %d and clients of %d images', (beta, alpha, size, clientSize) => {
    const shared = sharedImages(labels, server, sharedCount(clients.length, beta), 2);
    const share = clientShare(labels, shared, alpha, 3);
    expect(shared).toHaveLength(size);
    expect(4000 + share.length).toBe(clientSize);
    expect(classSizes(shared)).toEqual(Array(10).fill(size / 10));
    expect(new Set(classSizes(share)).size).toBe(1);
  });

  it('G is part of S, and a client’s share part of G', () => {
    const shared = sharedImages(labels, server, 1000, 2);
    const inServer = new Set(server);
    const inShared = new Set(shared);
    expect(shared.every((index) => inServer.has(index))).toBe(true);
    expect(clientShare(labels, shared, 50, 3).every((index) => inShared.has(index))).toBe(true);
  });

  it('α = 0 is nothing, α = 100 all of G; a fraction differs from client to client', () => {
    const shared = sharedImages(labels, server, 1000, 2);
    expect(clientShare(labels, shared, 0, 3)).toHaveLength(0);
    expect(clientShare(labels, shared, 100, 3)).toEqual(shared);
    expect(clientShare(labels, shared, 50, 3)).not.toEqual(clientShare(labels, shared, 50, 4));
  });

  it('β = 2.5 % counts whole images', () => {
    expect(sharedCount(40_000, 2.5)).toBe(1000);
    expect(sharedCount(40_000, 0.07)).toBe(28);
  });

  it('cannot share more than the server has', () => {
    expect(() => sharedImages(labels, server, 10_010, 2)).toThrow(RangeError);
  });
});
