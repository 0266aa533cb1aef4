import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tf, type Tensor } from '../../../phoenix/engine/backend.ts';
import { inShards, shardsOf } from '../../../phoenix/engine/shards.ts';

const rows = (count: number) => tf.range(0, count * 3).reshape<Tensor>([count, 3]);

test('every row is in one part, in order, and the parts are of nearly one size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (count) =>
      tf.tidy(() => {
        const parts = shardsOf([rows(count), tf.range(0, count)]);
        const sizes = parts.map(([part]) => part.shape[0]!);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(parts.flatMap(([part]) => [...part.dataSync()])).toEqual([...rows(count).dataSync()]);
        for (const [part, numbers] of parts) expect(numbers.shape[0]).toBe(part.shape[0]);
      }),
    ),
  );
});

test('what is computed in parts is what is computed at once', () => {
  tf.tidy(() => {
    const x = rows(7);
    expect([...inShards([x], ([part]) => part.mul(2)).dataSync()]).toEqual([...x.mul(2).dataSync()]);
    const products = inShards([x, x], ([a, b]) => a.mul(b).sum(1));
    expect([...products.dataSync()]).toEqual([...x.square().sum(1).dataSync()]);
  });
});
