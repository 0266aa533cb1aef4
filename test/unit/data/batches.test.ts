import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchIndices, passIndices, stepsOfEpochs } from '../../../phoenix/data/batches.ts';

function sequence(count: number, batchSize: number, steps: number, seed: number): number[] {
  return Array.from({ length: steps }, (_, step) => [...batchIndices(count, batchSize, step, seed)]).flat();
}

describe('batchIndices', () => {
  const shape = fc.record({
    count: fc.integer({ min: 1, max: 50 }),
    batchSize: fc.integer({ min: 1, max: 120 }),
    seed: fc.nat(),
  });

  it('shows every image once per epoch, with no gap between epochs', () => {
    fc.assert(
      fc.property(shape, ({ count, batchSize, seed }) => {
        const epochs = 3;
        const seen = sequence(count, batchSize, stepsOfEpochs(count, batchSize, epochs), seed);
        for (let epoch = 0; epoch < epochs; epoch++) {
          const images = seen.slice(epoch * count, (epoch + 1) * count);
          expect(images.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
        }
      }),
    );
  });

  it('is a pure function of the step: any order of asking gives the same batches', () => {
    fc.assert(
      fc.property(
        shape,
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7]),
        ({ count, batchSize, seed }, steps) => {
          const inOrder = Array.from({ length: 8 }, (_, step) => batchIndices(count, batchSize, step, seed));
          for (const step of steps) expect(batchIndices(count, batchSize, step, seed)).toEqual(inOrder[step]);
        },
      ),
    );
  });

  it('orders each epoch and each seed differently', () => {
    const [first, second] = [batchIndices(100, 100, 0, 1), batchIndices(100, 100, 1, 1)];
    expect(first).not.toEqual(second);
    expect(batchIndices(100, 100, 0, 2)).not.toEqual(first);
  });

  it('a caller may change the batch it got', () => {
    const batch = batchIndices(10, 10, 0, 1);
    const copy = batch.slice();
    batch.fill(0);
    expect(batchIndices(10, 10, 0, 1)).toEqual(copy);
  });

  it('needs images and a batch size', () => {
    expect(() => batchIndices(0, 8, 0, 1)).toThrow(RangeError);
    expect(() => batchIndices(8, 0, 0, 1)).toThrow(RangeError);
  });
});

describe('passIndices', () => {
  it('sees every image once, in full batches and what is left', () => {
    const sizes = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (count, batchSize, seed) => {
        const steps = stepsOfEpochs(count, batchSize, 1);
        const batches = Array.from({ length: steps }, (_, step) => passIndices(count, batchSize, step, seed));
        expect(batches.flatMap((batch) => [...batch]).toSorted((a, b) => a - b)).toEqual([
          ...Array(count).keys(),
        ]);
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(batchSize);
      }),
    );
  });
});

describe('stepsOfEpochs', () => {
  it('rounds the last batch up', () => {
    expect(stepsOfEpochs(4000, 128, 100)).toBe(3125);
    expect(stepsOfEpochs(100, 32, 1)).toBe(4);
    expect(stepsOfEpochs(100, 32, 2)).toBe(7);
  });
});
