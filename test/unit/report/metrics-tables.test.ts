import { expect, test } from 'vitest';
import {
  classesTable,
  clientQualityTable,
  metricsTable,
  noveltyLines,
  uniformityLine,
  warningLines,
} from '../../../phoenix/report/metrics-tables.ts';
import { exampleMetrics } from '../../helpers/example-metrics.ts';

const share = (value: number) => ({ value, interval: [0.01, 0.99] as const });

test('both presets stand side by side, each figure with its interval or spread', () => {
  expect(metricsTable(exampleMetrics()).trimEnd().split('\n')).toEqual([
    '                 cifar-classifier, 192 dimensions  paper’s preset, 64',
    expect.stringMatching(/^─+$/),
    'FID              12.3 (11.9 – 12.9)                0.456 (11.9 – 12.9)',
    'KID              0.0210 ± 0.00300                  0.0210 ± 0.00300',
    'precision        0.600 (0.570 – 0.630)             0.600 (0.570 – 0.630)',
    'recall           0.410 (0.380 – 0.440)             0.410 (0.380 – 0.440)',
    'density          0.900 (0.850 – 0.950)             0.900 (0.850 – 0.950)',
    'coverage         0.700 (0.670 – 0.730)             0.700 (0.670 – 0.730)',
    'Inception Score  3.13 ± 0.11',
  ]);
});

test('an extractor without the paper’s layer has one column', () => {
  const [header] = metricsTable(exampleMetrics({ extractor: 'classifier', paper: null })).split('\n');
  expect(header!.trim()).toBe('classifier, 192 dimensions');
});

test('warnings of both layers are told once each', () => {
  const { paper } = exampleMetrics();
  const metrics = exampleMetrics({
    warnings: ['few', 'wide'],
    paper: { ...paper!, warnings: ['few', 'narrow'] },
  });
  expect(warningLines(metrics)).toEqual(['Warning: few', 'Warning: wide', 'Warning: narrow']);
});

test('classes say how often they are and how good, or why nobody knows', () => {
  const rows = classesTable(
    [
      {
        label: 0,
        share: { real: share(0.1), fake: share(0.25) },
        precision: share(0.5),
        recall: share(0.4),
        reason: null,
      },
      {
        label: 1,
        share: { real: share(0.1), fake: share(0) },
        precision: null,
        recall: null,
        reason: 'too few',
      },
    ],
    ['airplane', 'bird'],
  ).split('\n');
  expect(rows[2]).toMatch(/^airplane +0\.250 \(0\.010 – 0\.990\) +0\.100 +0\.500 +0\.400$/);
  expect(rows[3]).toMatch(/^bird +0\.000 .* +0\.100 +– +– +too few$/);
});

test('clients say what their classes come to', () => {
  const [, , row] = clientQualityTable(
    [{ client: 3, classes: [1], share: { real: 0.1, fake: 0.2 }, precision: null, recall: 0.5 }],
    ['airplane', 'bird'],
  ).split('\n');
  expect(row).toMatch(/^3 +bird +0\.200 +0\.100 +– +0\.500$/);
});

test('the classes’ distance from uniform stands beside what chance gives', () => {
  expect(uniformityLine(exampleMetrics({ classCounts: [60, 40], labeller: 'lanet' }))).toBe(
    'Classes as lanet names them; distance from uniform 0.100, of which chance alone gives 0.040',
  );
});

test('novelty is put in words, also where held-out images are copies', () => {
  const found = {
    medians: { generated: 0.5, heldOut: 1 },
    ratio: { value: 0.5, interval: [0.4, 0.6] as const },
    nearerThan: { percentile1: 0.2, percentile5: 0.35 },
    closest: [],
  };
  expect(noveltyLines(found, 'ten images')).toEqual([
    'Distance to the nearest of ten images, median: 0.500; of held-out images 1.00',
    'Ratio 0.500 (0.400 – 0.600): about 1 for new images, towards 0 for copies',
    '20.0 % are nearer than 1 % of the held-out images are, 35.0 % nearer than 5 %',
  ]);
  expect(noveltyLines({ ...found, ratio: null }, 'ten images')[1]).toContain('No ratio');
});
