/** Metrics of the global model after each round. */
import type { Run } from '../groups.ts';
import type { Chart } from './chart.ts';

export function metricsChart({ rounds, untrained }: Run): Chart | null {
  const all = [{ round: 0, metrics: untrained }, ...rounds];
  const rows = all.flatMap(({ round, metrics }) =>
    metrics
      ? [
          { round, metric: 'FID', value: metrics.fid },
          { round, metric: 'Inception Score', value: metrics.inceptionScore.mean },
          { round, metric: 'precision', value: metrics.precision },
          { round, metric: 'recall', value: metrics.recall },
        ]
      : [],
  );
  if (rounds.every(({ metrics }) => !metrics)) return null;
  return {
    name: 'metrics',
    title: 'Metrics per round',
    alt: 'Lines of FID, Inception Score, precision and recall over the rounds; round 0 is the untrained network',
    rows,
    spec: {
      facet: { field: 'metric', type: 'nominal', title: null, sort: null },
      columns: 2,
      resolve: { scale: { y: 'independent' } },
      spec: {
        width: 260,
        height: 140,
        mark: { type: 'line', point: true },
        encoding: {
          x: { field: 'round', type: 'quantitative', axis: { tickMinStep: 1, format: 'd' } },
          y: { field: 'value', type: 'quantitative', title: null },
        },
      },
    },
  };
}
