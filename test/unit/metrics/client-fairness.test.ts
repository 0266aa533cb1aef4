import { expect, test } from 'vitest';
import { clientQuality } from '../../../phoenix/metrics/client-fairness.ts';
import type { ClassQuality } from '../../../phoenix/metrics/fairness.ts';

const share = (value: number) => ({ value, interval: [0, 1] as const });

const quality = (label: number, fake: number, precision: number | null): ClassQuality => ({
  label,
  share: { real: share(0.25), fake: share(fake) },
  precision: precision === null ? null : share(precision),
  recall: precision === null ? null : share(1 - precision),
  reason: null,
});

const classes = [quality(0, 0.6, 0.9), quality(1, 0.2, 0.5), quality(2, 0.2, null), quality(3, 0, null)];

test('a client is served as its classes are, on average; those without a figure do not count', () => {
  expect(
    clientQuality(
      [
        { id: 4, classes: [0, 1] },
        { id: 7, classes: [1, 2] },
        { id: 9, classes: [2, 3] },
      ],
      classes,
    ),
  ).toEqual([
    {
      client: 4,
      classes: [0, 1],
      share: { real: 0.25, fake: 0.4 },
      precision: 0.7,
      recall: expect.closeTo(0.3),
    },
    { client: 7, classes: [1, 2], share: { real: 0.25, fake: 0.2 }, precision: 0.5, recall: 0.5 },
    { client: 9, classes: [2, 3], share: { real: 0.25, fake: 0.1 }, precision: null, recall: null },
  ]);
});
