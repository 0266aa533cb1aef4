/** Metrics of the global model after each round. */
import type { Metrics } from '../../federation/metrics.ts';
import { measuredBy } from '../format.ts';
import { lastMetrics, type Run } from '../groups.ts';
import { byRound, palette, type Chart } from './chart.ts';

/** Null where there are not two rounds to compare. */
export function metricsChart({ rounds, untrained }: Run): Chart | null {
  const last = lastMetrics({ rounds });
  if (!last || rounds.filter(({ metrics }) => metrics).length < 2) return null;
  const measured = [{ round: 0, metrics: untrained }, ...rounds].flatMap(({ round, metrics }) =>
    metrics ? [{ round, metrics }] : [],
  );
  const rows = measured.flatMap(({ round, metrics }, i) =>
    figures(metrics).map(({ metric, value, low, high }) => ({
      round,
      metric,
      value,
      low,
      high,
      // The same for rounds that follow each other: nobody knows what is between others.
      stretch: round - i,
    })),
  );
  const color = { value: palette[1] };
  return {
    name: 'metrics',
    title: 'Metrics per round',
    alt: `Lines of FID, Inception Score, precision and recall after round ${measured.map(({ round }) => round).join(', ')}; round 0 is the untrained network`,
    note:
      `${measuredBy(last)}. Bars are intervals of 95 % for other samples of the same model, and for the Inception Score its standard ` +
      'deviation over splits. Round 0 is the untrained network. Lower is better for FID, higher for the others.',
    rows,
    spec: {
      facet: { field: 'metric', type: 'nominal', title: null, sort: null },
      columns: 2,
      resolve: { scale: { y: 'independent' } },
      spec: {
        width: 260,
        height: 140,
        encoding: {
          x: byRound,
          y: { field: 'value', type: 'quantitative', title: null, scale: { zero: true } },
          color,
        },
        layer: [
          { mark: 'line', encoding: { detail: { field: 'stretch' } } },
          { mark: { type: 'rule', opacity: 0.6 }, encoding: { y: { field: 'low' }, y2: { field: 'high' } } },
          { mark: { type: 'point', filled: true, size: 40, opacity: 1 } },
        ],
      },
    },
  };
}

interface FigureOfMetrics {
  readonly metric: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function figures({ fid, inceptionScore, precision, recall, intervals }: Metrics): FigureOfMetrics[] {
  const within = (metric: string, value: number, [low, high]: readonly [number, number]) => ({
    metric,
    value,
    low,
    high,
  });
  const { mean, std } = inceptionScore;
  return [
    within('FID', fid, intervals.fid),
    within('Inception Score', mean, [mean - std, mean + std]),
    within('precision', precision, intervals.precision),
    within('recall', recall, intervals.recall),
  ];
}
