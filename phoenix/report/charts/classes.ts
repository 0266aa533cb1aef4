/** Classes of the samples, in descending order, against the flat line of the test set (paper, figures 4 and 5). */
import type { Metrics } from '../../federation/records.ts';
import type { Chart } from './chart.ts';

/** @param named by what the legend calls them; counts are in % of the samples, so that unlike numbers can be compared */
export function classesChart(
  named: readonly { readonly name: string; readonly metrics: Metrics }[],
): Chart | null {
  if (named.length === 0) return null;
  const rows = named.flatMap(({ name, metrics: { classCounts, samples } }) =>
    classCounts
      .toSorted((a, b) => b - a)
      .map((count, i) => ({ of: name, rank: i + 1, count, share: (100 * count) / samples })),
  );
  const classes = named[0]!.metrics.classCounts.length;
  const flat = Array.from({ length: classes }, (_, i) => ({
    of: 'test set',
    rank: i + 1,
    count: null,
    share: 100 / classes,
  }));
  return {
    name: 'classes',
    title: 'Classes of the samples, the most frequent first',
    alt: `The share of the samples in each class, in descending order, for ${named.map(({ name }) => name).join(', ')}; the test set is a flat line`,
    rows: [...rows, ...flat],
    spec: {
      width: 520,
      height: 220,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'rank', type: 'ordinal', title: 'class, by its rank', axis: { labelAngle: 0 } },
        y: { field: 'share', type: 'quantitative', title: '% of the samples' },
        color: { field: 'of', type: 'nominal', title: null, sort: null },
      },
    },
  };
}
