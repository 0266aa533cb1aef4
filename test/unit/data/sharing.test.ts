import { describe, expect, it } from 'vitest';
import { clientShare, sharedCount, sharedImages, splitServerPart } from '../../../phoenix/data/sharing.ts';

const labels = Uint8Array.from({ length: 50_000 }, (_, i) => i % 10);
const { clients, server } = splitServerPart(labels, 10_000, 1);

function classSizes(indices: Int32Array): number[] {
  return [...Array(10).keys()].map((label) => indices.filter((index) => labels[index] === label).length);
}

describe('data sharing', () => {
  it('splits C and S, each evenly over the classes; without sharing the clients have everything', () => {
    expect([clients.length, server.length]).toEqual([40_000, 10_000]);
    expect(Int32Array.from([...clients, ...server]).sort()).toEqual(Int32Array.from(labels.keys()));
    expect(classSizes(server)).toEqual(Array(10).fill(1000));
    expect(splitServerPart(labels, 0, 1).clients).toEqual(Int32Array.from(labels.keys()));
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
