/** Precision and recall of each client's own model, with its warnings and its removal. */
import type { Run } from '../groups.ts';
import type { Chart } from './chart.ts';

export function clientsChart({ rounds }: Run): Chart | null {
  const rows = rounds.flatMap(({ round, clients, poor, removed }) =>
    clients.flatMap(({ client, metrics }) => {
      const standing = removed.includes(client) ? 'removed' : poor.includes(client) ? 'warned' : 'good';
      return metrics
        ? (['precision', 'recall'] as const).map((metric) => ({
            round,
            client,
            metric,
            value: metrics[metric],
            standing,
          }))
        : [];
    }),
  );
  if (rows.length === 0) return null;
  const x = { field: 'round', type: 'quantitative', axis: { tickMinStep: 1, format: 'd' } };
  const y = { field: 'value', type: 'quantitative', title: null };
  return {
    name: 'clients',
    title: 'Precision and recall of each client',
    alt: 'A line per client over the rounds; a triangle marks a warning, a cross a removal',
    rows,
    spec: {
      facet: { field: 'metric', type: 'nominal', title: null },
      columns: 2,
      spec: {
        width: 240,
        height: 200,
        layer: [
          { mark: 'line', encoding: { x, y, color: { field: 'client', type: 'nominal' } } },
          {
            mark: { type: 'point', size: 70, filled: true, opacity: 1 },
            encoding: {
              x,
              y,
              color: { field: 'client', type: 'nominal' },
              shape: {
                field: 'standing',
                type: 'nominal',
                scale: { domain: ['good', 'warned', 'removed'], range: ['circle', 'triangle-up', 'cross'] },
              },
            },
          },
        ],
      },
    },
  };
}
